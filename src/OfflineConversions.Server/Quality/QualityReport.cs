using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Quality;

/// <summary>Adds up the roll-ups of each connection, and joins them with Meta's own scores.</summary>
internal sealed class QualityReport(IJournal journal, ConnectionRegistry connections, MetaQuality meta)
{
    private static readonly string[] Kinds =
    [
        QualityKind.Events,
        QualityKind.MatchKey,
        QualityKind.Age,
        RollUpKind.Warning,
    ];

    private static readonly TimeSpan AlmostAnHour = TimeSpan.FromHours(1) - TimeSpan.FromTicks(1);

    /// <summary>
    /// The quality of every connection that is configured or has events in the span; of one, if it is named.
    /// </summary>
    /// <param name="from">The beginning of the span.</param>
    /// <param name="to">Its end.</param>
    /// <param name="name">A connection; null for all.</param>
    /// <param name="patience">How long to wait for Meta's scores.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<IReadOnlyList<ConnectionQuality>> OfAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        string? name,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var query = new RollUpQuery(HourOf(from), HourOf(to + AlmostAnHour)) { Connection = name, Kinds = Kinds };
        var figures = new Dictionary<string, QualityFigures>(StringComparer.Ordinal);
        foreach (var configured in connections.All.Where(one => name is null || one.Name == name))
        {
            figures[configured.Name] = new QualityFigures();
        }

        foreach (var count in await journal.RollUpsAsync(query, cancellationToken))
        {
            if (!figures.TryGetValue(count.Connection, out var of))
            {
                figures[count.Connection] = of = new QualityFigures();
            }

            of.Add(count);
        }

        return await Task.WhenAll(
            figures.Select(one => WithMetaAsync(one.Key, one.Value, patience, cancellationToken))
        );
    }

    private static DateTimeOffset HourOf(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private async Task<ConnectionQuality> WithMetaAsync(
        string name,
        QualityFigures figures,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var scores = connections.Find(name) is { } connection
            ? await meta.OfAsync(connection, patience, cancellationToken)
            : new MetaFinding(Scores: null, "The connection is no longer configured.");
        return new ConnectionQuality(
            name,
            figures.Events,
            figures.KeysPerEvent,
            figures.Coverage,
            figures.Ages,
            figures.BadValues,
            figures.Trend,
            AdviceWriter.Write(figures),
            scores.Scores,
            scores.Problem
        );
    }
}

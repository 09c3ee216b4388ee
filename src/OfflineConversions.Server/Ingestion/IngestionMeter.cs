using System.Diagnostics.Metrics;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Metrics;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Counts posts and events. Tags are names from the configuration and the service's own codes, never content of an
/// event.
/// </summary>
internal sealed class IngestionMeter
{
    private readonly Counter<long> _events;
    private readonly Counter<long> _warnings;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;

    public IngestionMeter(IMeterFactory meters)
    {
        var meter = new ServiceMeter(meters, "Ingestion");
        _events = meter.Counter("offlineconversions.events", "Source events by outcome and reason.");
        _warnings = meter.Counter(
            "offlineconversions.event.warnings",
            "Warnings about what was left out of events or changed in them."
        );
        _requests = meter.Counter("offlineconversions.requests", "Posts from sources, by the status of the response.");
        _duration = meter.Seconds(
            "offlineconversions.request.duration",
            "How long posts from sources took, by the status of the response."
        );
    }

    /// <summary>
    /// Creates the series of a source at 0, so that the first refusal is an increase. A histogram has none before its
    /// first measurement, hence the counter beside it.
    /// </summary>
    public void Announce(SourceDefinition source, IEnumerable<int> statuses)
    {
        foreach (var status in statuses)
        {
            _requests.Add(0, new("source", source.Tag), new("status", status));
        }
    }

    /// <summary>Creates the series of a connection at 0.</summary>
    public void Announce(Connection connection, Outcome outcome, string? reason) =>
        Count(connection, outcome, reason, 0);

    /// <inheritdoc cref="Announce(Connection, Outcome, string?)"/>
    public void Announce(Connection connection, string warning) => Warn(connection, warning, 0);

    /// <summary>Records the response to a post.</summary>
    public void Responded(SourceDefinition source, int status, TimeSpan duration)
    {
        _requests.Add(1, new("source", source.Tag), new("status", status));
        _duration.Record(duration.TotalSeconds, new("source", source.Tag), new("status", status));
    }

    /// <summary>Counts events by outcome, and their warnings.</summary>
    public void Counted(Connection connection, IReadOnlyList<EventOutcome> outcomes)
    {
        // A body may have thousands of events and has few different codes, so each code is recorded once. Most bodies
        // have one event.
        if (outcomes is [var only])
        {
            Count(connection, only.Outcome, only.Reason, 1);
        }
        else
        {
            foreach (var ((outcome, reason), times) in outcomes.CountBy(one => (one.Outcome, one.Reason)))
            {
                Count(connection, outcome, reason, times);
            }
        }

        if (outcomes.Any(outcome => outcome.Warnings.Count > 0))
        {
            foreach (var (warning, times) in outcomes.SelectMany(one => one.Warnings).CountBy(code => code))
            {
                Warn(connection, warning, times);
            }
        }
    }

    private void Warn(Connection connection, string warning, int times) =>
        _warnings.Add(
            times,
            new("source", connection.Source.Tag),
            new("connection", connection.Name),
            new("warning", warning)
        );

    private void Count(Connection connection, Outcome outcome, string? reason, int times) =>
        _events.Add(
            times,
            [
                new("source", connection.Source.Tag),
                new("connection", connection.Name),
                new("outcome", outcome.Name()),
                new("reason", reason ?? string.Empty),
            ]
        );
}

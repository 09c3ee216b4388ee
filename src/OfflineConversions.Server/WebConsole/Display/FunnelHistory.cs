using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>What became of the events of a connection, over time.</summary>
internal sealed class FunnelHistory(IJournal journal, TimeProvider time)
{
    /// <summary>For how many days one can look back.</summary>
    public static readonly IReadOnlyList<int> Spans = [1, 7, 31];

    /// <summary>The last day by hour, or the last days by day.</summary>
    public async Task<FunnelOverTime> OfAsync(string connection, int days, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var query = new RollUpQuery(FunnelOverTime.Begin(now, days), now + TimeSpan.FromHours(1))
        {
            Connection = connection,
            Kinds = FunnelOverTime.Kinds,
        };
        return FunnelOverTime.Of(await journal.RollUpsAsync(query, cancellationToken), now, days);
    }
}

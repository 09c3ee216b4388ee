using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>Whether sales reach Meta, and what needs attention.</summary>
internal sealed class OverviewModel(
    ConnectionReport report,
    ILedger ledger,
    IJournal journal,
    IOutbox outbox,
    IRecoveryNotices notices,
    ServiceOptions options,
    TimeProvider time
) : PageModel
{
    /// <summary>The last day of all connections, by hour.</summary>
    public FunnelOverTime Day { get; private set; } = null!;

    /// <summary>Every connection.</summary>
    public IReadOnlyList<ConnectionSummary> Connections { get; private set; } = [];

    /// <summary>What needs attention, the most urgent first.</summary>
    public IReadOnlyList<Attention> Attention { get; private set; } = [];

    /// <summary>Whether no connection has seen an event, as far as the page shows.</summary>
    public bool IsEmpty =>
        Connections.All(one => one is { Day.Received: 0, Failed: 0, Line: { Pending: 0, LastSuccess: null } });

    /// <summary>Whether deliveries reach the sandbox of this process and not Meta.</summary>
    public bool ReachesSandbox => options.ReachesSandbox;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var counts = await journal.RollUpsAsync(
            new RollUpQuery(FunnelOverTime.Begin(now, days: 1), now + TimeSpan.FromHours(1))
            {
                Kinds = ConnectionSummary.Kinds,
            },
            cancellationToken
        );
        Day = FunnelOverTime.Of(counts, now, days: 1);
        var byConnection = counts.ToLookup(count => count.Connection, StringComparer.Ordinal);
        var failed = (await ledger.LedgerAsync(cancellationToken)).ToDictionary(
            line => line.Connection,
            line => line.Failed,
            StringComparer.Ordinal
        );
        Connections =
        [
            .. (await report.AllAsync(cancellationToken))
                .Select(line =>
                    ConnectionSummary.Of(line, [.. byConnection[line.Name]], failed.GetValueOrDefault(line.Name), now)
                )
                .OrderByDescending(one => one.Day.Received > 0), // those without events are the least interesting
        ];
        Attention = [.. OfService(), .. Connections.SelectMany(Of).OrderBy(one => one.Class, StringComparer.Ordinal)];
    }

    private IEnumerable<Attention> OfService()
    {
        if (outbox.Health is { Ready: false } health)
        {
            yield return new Attention(
                "bad",
                null,
                "No events can be accepted. " + health.Problem,
                null,
                "~/console/health",
                "Health"
            );
        }

        if (notices.Recoveries.Count > 0)
        {
            yield return new Attention(
                "bad",
                null,
                "A damaged file was recovered.",
                null,
                "~/console/health",
                "What was lost"
            );
        }

        var versions = HttpContext.RequestServices.GetRequiredService<GraphVersions>();
        foreach (var warning in versions.Warnings)
        {
            yield return new Attention("warn", null, warning, null, "~/console/health", "Versions");
        }
    }

    private static IEnumerable<Attention> Of(ConnectionSummary one)
    {
        var line = one.Line;
        var name = Uri.EscapeDataString(line.Name);
        if (line.State != "active" || line.HaltedDatasets.Count > 0)
        {
            yield return new Attention(
                StateWords.Class(line),
                line.Name,
                StateWords.Sentence(line),
                line.Remedy,
                line.State == ConnectionReport.Unconfigured ? "~/console/connections" : $"~/console/connections/{name}",
                "Look at the connection"
            );
        }

        if (one.Failed > 0)
        {
            yield return new Attention(
                "bad",
                line.Name,
                one.Failed == 1
                    ? "1 event is on the failed list: Meta refused it, or it expired."
                    : $"{Show.Number(one.Failed)} events are on the failed list: Meta refused them, or they expired.",
                null,
                $"~/console/failed?connection={name}",
                "Causes and replay"
            );
        }

        if (one.Day.Ignored.TryGetValue(Reason.EventNotMapped, out var unmapped))
        {
            yield return new Attention(
                "warn",
                line.Name,
                $"{Show.Number(unmapped)} of the last day’s events had a name that its mapping does not list.",
                null,
                $"~/console/dropped?connection={name}",
                "Which names"
            );
        }

        if (one.Rejected > 0)
        {
            yield return new Attention(
                "warn",
                line.Name,
                $"{Show.Number(one.Rejected)} of the last day’s events could not be sent.",
                null,
                $"~/console/dropped?connection={name}",
                "Reasons and remedies"
            );
        }
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>What was not sent, by reason and event name, with samples and remedies.</summary>
internal sealed class DroppedModel(IJournal journal, ConnectionRegistry connections, TimeProvider time) : PageModel
{
    private const int Sampled = 1000;
    private static readonly string[] Kinds = [RollUpKind.Ignored, RollUpKind.Rejected];

    [BindProperty(SupportsGet = true)]
    public string? Connection { get; set; }

    /// <summary>How many days back the page looks, unless <see cref="Range"/> says.</summary>
    [BindProperty(SupportsGet = true)]
    public int Days { get; set; } = 7;

    /// <summary>The times that are shown.</summary>
    public TimeRange Range { get; private set; } = new(null, null, null);

    /// <summary>Every reason, rejections first, the most frequent first.</summary>
    public IReadOnlyList<DroppedReason> Reasons { get; private set; } = [];

    /// <summary>The connections to choose from.</summary>
    public IEnumerable<string> Connections => connections.All.Select(one => one.Name);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Days = Math.Clamp(Days, 1, 31);
        Range = TimeRange.Of(Request.Query);
        var to = Range.To ?? time.GetUtcNow() + TimeSpan.FromHours(1);
        var from = Range.From ?? to - TimeSpan.FromDays(Days);
        from -= TimeSpan.FromTicks(from.UtcTicks % TimeSpan.TicksPerHour); // counts are kept by hour
        var connection = string.IsNullOrEmpty(Connection) ? null : Connection;
        var counts = await journal.RollUpsAsync(
            new RollUpQuery(from, to) { Connection = connection, Kinds = Kinds },
            cancellationToken
        );
        var samples = new List<OutcomeItem>();
        foreach (var outcome in new[] { Outcome.Rejected, Outcome.Ignored })
        {
            var page = await journal.OutcomesAsync(
                new OutcomeQuery(Sampled)
                {
                    Connection = connection,
                    Outcome = outcome,
                    From = Range.From,
                    To = Range.To,
                },
                cancellationToken
            );
            samples.AddRange(page.Items.Select(item => OutcomeItem.Of(item.At, item.EventId, item.Event)));
        }

        var sampled = samples.ToLookup(item => (item.Outcome, item.Reason ?? string.Empty));
        Reasons =
        [
            .. counts
                .GroupBy(count => (count.Kind, count.Name))
                .Select(group =>
                    DroppedReason.Of(
                        group.Key.Kind,
                        group.Key.Name,
                        group.Sum(count => count.Count),
                        [.. sampled[(group.Key.Kind, group.Key.Name)]]
                    )
                )
                .OrderByDescending(reason => reason.Outcome, StringComparer.Ordinal)
                .ThenByDescending(reason => reason.Events),
        ];
    }
}

/// <summary>Events that were dropped for one reason.</summary>
/// <param name="Outcome"><c>rejected</c> or <c>ignored</c>.</param>
/// <param name="Code">The reason.</param>
/// <param name="Events">How many.</param>
/// <param name="Entry">What it means; null if the catalogue does not have it.</param>
/// <param name="Names">The names and connections of the newest of them.</param>
internal sealed record DroppedReason(
    string Outcome,
    string Code,
    long Events,
    ReasonEntry? Entry,
    IReadOnlyList<DroppedName> Names
)
{
    private const int MostNames = 8;
    private const int MostSamples = 3;

    public static DroppedReason Of(string outcome, string code, long events, IReadOnlyList<OutcomeItem> newest) =>
        new(
            outcome,
            code,
            events,
            ReasonCatalogue.Find(code, outcome == "ignored" ? ReasonKind.Ignored : ReasonKind.Rejected),
            [
                .. newest
                    .GroupBy(item => (item.Connection, item.EventName))
                    .OrderByDescending(group => group.Count())
                    .Take(MostNames)
                    .Select(group => new DroppedName(
                        group.Key.Connection,
                        group.Key.EventName,
                        group.Count(),
                        [.. group.Where(item => item.EventId is not null).Take(MostSamples)]
                    )),
            ]
        );
}

/// <summary>Dropped events of one name.</summary>
/// <param name="Connection">The connection that received them.</param>
/// <param name="EventName">The name that the source gave them.</param>
/// <param name="Events">How many of the newest.</param>
/// <param name="Samples">A few of them.</param>
internal sealed record DroppedName(
    string Connection,
    string? EventName,
    int Events,
    IReadOnlyList<OutcomeItem> Samples
);

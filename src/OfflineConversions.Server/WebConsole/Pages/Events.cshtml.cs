using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>Finds a sale, and lists the events that were dropped or changed.</summary>
internal sealed class EventsModel(EventSearch search, IJournal journal, ConnectionRegistry connections) : PageModel
{
    private const int Rows = 100;

    /// <summary>The order number or event id to find.</summary>
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Query { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Connection { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Outcome { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Reason { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Warning { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? EventName { get; set; }

    [BindProperty(SupportsGet = true)]
    public long? Cursor { get; set; }

    /// <summary>The times that are shown.</summary>
    public TimeRange Range { get; private set; } = new(null, null, null);

    /// <summary>What was found; null if nothing was searched.</summary>
    public FoundEvents? Found { get; private set; }

    /// <summary>The list; empty during a search.</summary>
    public IReadOnlyList<OutcomeItem> Items { get; private set; } = [];

    /// <summary>Where the next page of the list begins.</summary>
    public long? Next { get; private set; }

    /// <summary>The connections to choose from.</summary>
    public IEnumerable<string> Connections => connections.All.Select(one => one.Name);

    /// <summary>Whether the list is filtered.</summary>
    public bool IsFiltered =>
        Range.IsSet
        || new[] { Connection, Outcome, Reason, Warning, EventName }.Any(filter => !string.IsNullOrEmpty(filter));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(Query))
        {
            Query = Query.Trim();
            Found = await search.FindAsync(Query, cancellationToken);
            return;
        }

        Range = TimeRange.Of(Request.Query);
        var page = await journal.OutcomesAsync(
            new OutcomeQuery(Rows)
            {
                Connection = Given(Connection),
                Outcome = OutcomesEndpoint.OutcomeOf(Outcome),
                Reason = Given(Reason),
                Warning = Given(Warning),
                EventName = Given(EventName),
                From = Range.From,
                To = Range.To,
                Before = Cursor,
            },
            cancellationToken
        );
        Items = [.. page.Items.Select(item => OutcomeItem.Of(item.At, item.EventId, item.Event))];
        Next = page.Next;
    }

    private static string? Given(string? filter) => string.IsNullOrEmpty(filter) ? null : filter;
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>The events that Meta refused or that expired: by cause, and one by one.</summary>
internal sealed class FailedModel(IFailedList failed) : PageModel
{
    private const int Rows = 50;
    private const int MostBytes = 1024 * 1024;

    [BindProperty(SupportsGet = true)]
    public string? Connection { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Reason { get; set; }

    /// <summary>The page after the event with this number.</summary>
    [BindProperty(SupportsGet = true)]
    public long? Before { get; set; }

    /// <summary>What has just been done: <c>replay</c> or <c>discard</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Done { get; set; }

    /// <summary>To how many events.</summary>
    [BindProperty(SupportsGet = true)]
    public long Events { get; set; }

    /// <summary>How many were skipped.</summary>
    [BindProperty(SupportsGet = true)]
    public long Skipped { get; set; }

    /// <summary>The causes.</summary>
    public IReadOnlyList<FailedCauses.Cause> Causes { get; private set; } = [];

    /// <summary>A page of the events.</summary>
    public IReadOnlyList<FailedList.Line> Items { get; private set; } = [];

    /// <summary>Where the next page begins.</summary>
    public long? Next { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var (connection, reason) = (Given(Connection), Given(Reason));
        var causes = await failed.FailedCausesAsync(
            new FailedSelection(connection) { Reason = reason },
            cancellationToken
        );
        Causes = [.. causes.Select(FailedCauses.Cause.From)];
        var page = await failed.FailedAsync(
            new FailedQuery(connection, Rows)
            {
                Reason = reason,
                Before = Before,
                MostBytes = MostBytes,
            },
            cancellationToken
        );
        Items = [.. page.Select(FailedList.Line.From)];
        Next = page.Count == Rows || page.Sum(one => (long)one.Payload.Length) >= MostBytes ? page[^1].Id : null;
    }

    private static string? Given(string? filter) => string.IsNullOrEmpty(filter) ? null : filter;
}

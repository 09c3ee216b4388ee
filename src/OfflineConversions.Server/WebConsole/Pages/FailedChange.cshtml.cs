using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>Replays or discards failed events: first shows how many, then does it.</summary>
internal sealed class FailedChangeModel(
    IFailedList failed,
    FailedChanges changes,
    ConnectionRegistry connections,
    OperatorWrites writes,
    Audit audit,
    TimeProvider time
) : PageModel
{
    /// <summary>What to do: <c>replay</c> or <c>discard</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string What { get; set; } = string.Empty;

    [BindProperty(SupportsGet = true)]
    public string? Connection { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Reason { get; set; }

    /// <summary>One event.</summary>
    [BindProperty(SupportsGet = true)]
    public long? Id { get; set; }

    /// <summary>Events that fail after the dry run are not selected.</summary>
    [BindProperty(SupportsGet = true)]
    public DateTimeOffset? Until { get; set; }

    /// <summary>Where to replay to; empty for the events' own dataset.</summary>
    [BindProperty]
    public string? ToDatasetId { get; set; }

    /// <summary>How many events are selected.</summary>
    public long Count { get; private set; }

    /// <summary>Why it cannot be done.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether it is a replay.</summary>
    public bool IsReplay => What == "replay";

    /// <summary>The end of the selection, as the form sends it back.</summary>
    public string UntilText => Until?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? string.Empty;

    private FailedSelection Selection =>
        new(string.IsNullOrEmpty(Connection) ? null : Connection)
        {
            Reason = string.IsNullOrEmpty(Reason) ? null : Reason,
            Until = Until,
            Ids = Id is { } id ? [id] : null,
        };

    public Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => ShowAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        Problem = ProblemOf();
        if (Problem is not null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return await ShowAsync(cancellationToken);
        }

        var response = await writes.RespondAsync(HttpContext, ChangeAsync());
        if (response is not ProblemHttpResult refused)
        {
            return new HttpResult(response);
        }

        Problem = refused.ProblemDetails.Detail;
        Response.StatusCode = refused.StatusCode;
        return Page();
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid || (Id is null && string.IsNullOrEmpty(Connection) && string.IsNullOrEmpty(Reason)))
        {
            return LocalRedirect(Url.Page("/Failed")!);
        }

        Until ??= time.GetUtcNow() + TimeSpan.FromSeconds(1);
        Count = await failed.CountFailedAsync(Selection, cancellationToken);
        return Page();
    }

    private string? ProblemOf()
    {
        var dataset = string.IsNullOrWhiteSpace(ToDatasetId) ? null : ToDatasetId.Trim();
        return IsReplay && !string.IsNullOrEmpty(Connection) && connections.Find(Connection) is null
                ? "The connection is not configured, so replayed events would never be sent."
            : dataset is null || !IsReplay ? null
            : string.IsNullOrEmpty(Connection) ? "A dataset belongs to one connection. Choose a cause first."
            : RequestProblem.OfDataset("toDatasetId", dataset) is { } problem ? $"The dataset id {problem.Message}."
            : null;
    }

    private async Task<IResult> ChangeAsync()
    {
        var dataset = string.IsNullOrWhiteSpace(ToDatasetId) ? null : ToDatasetId.Trim();
        var (selection, connection) = (Selection, Connection);
        var target = Url.Page("/Failed")!;
        var done = await audit.RecordAsync(
            HttpContext,
            IsReplay ? AuditAction.Replay : AuditAction.Discard,
            connection,
            IsReplay ? changes.ReplayAsync(selection, dataset) : changes.DiscardAsync(selection),
            resolved => resolved.Events
        );
        return Results.LocalRedirect(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{target}?done={What}&events={done.Events}&skipped={done.Skipped}"
            )
        );
    }
}

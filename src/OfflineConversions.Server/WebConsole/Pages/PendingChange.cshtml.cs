using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>Moves or discards the events that wait for a dataset: first shows how many, then does it.</summary>
internal sealed class PendingChangeModel(
    PendingChanges changes,
    ConnectionRegistry connections,
    OperatorWrites writes,
    Audit audit
) : PageModel
{
    /// <summary>What to do: <c>redirect</c> or <c>discard</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string What { get; set; } = string.Empty;

    [BindProperty(SupportsGet = true)]
    public string? Connection { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? DatasetId { get; set; }

    /// <summary>Where the events go.</summary>
    [BindProperty]
    public string? ToDatasetId { get; set; }

    /// <summary>How many events are selected.</summary>
    public PendingEndpoints.Changed Count { get; private set; } = null!;

    /// <summary>Why it cannot be done.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the events move.</summary>
    public bool IsRedirect => What == "redirect";

    public Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => ShowAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Find() is not { } connection)
        {
            return LocalRedirect(Url.Page("/Connections")!);
        }

        var dataset = ToDatasetId?.Trim();
        Problem =
            !IsRedirect ? null
            : dataset == DatasetId ? "Enter another dataset."
            : RequestProblem.OfDataset("toDatasetId", string.IsNullOrEmpty(dataset) ? null : dataset) is { } wrong
                ? $"The dataset id {wrong.Message}."
            : null;
        if (Problem is not null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return await ShowAsync(cancellationToken);
        }

        var response = await writes.RespondAsync(HttpContext, ChangeAsync(connection, dataset));
        if (response is not ProblemHttpResult refused)
        {
            return new HttpResult(response);
        }

        Problem = refused.ProblemDetails.Detail;
        Response.StatusCode = refused.StatusCode;
        return await ShowAsync(cancellationToken);
    }

    private Connection? Find() =>
        string.IsNullOrEmpty(Connection) || RequestProblem.OfDataset("datasetId", DatasetId) is not null
            ? null
            : connections.Find(Connection);

    private async Task<IActionResult> ShowAsync(CancellationToken cancellationToken)
    {
        if (Find() is not { } connection)
        {
            return LocalRedirect(Url.Page("/Connections")!);
        }

        Count = await changes.CountAsync(new PendingScope(connection.Name, DatasetId!), cancellationToken);
        return Page();
    }

    private async Task<IResult> ChangeAsync(Connection connection, string? dataset)
    {
        var scope = new PendingScope(connection.Name, DatasetId!);
        var changed = await audit.RecordAsync(
            HttpContext,
            IsRedirect ? AuditAction.Redirect : AuditAction.Discard,
            connection.Name,
            IsRedirect ? changes.RedirectAsync(connection, scope, dataset!) : changes.DiscardAsync(scope),
            done => done.Events
        );
        return Results.LocalRedirect(
            Url.Page(
                "/Connection",
                new
                {
                    name = connection.Name,
                    done = What,
                    events = changed.Events,
                }
            )!
        );
    }
}

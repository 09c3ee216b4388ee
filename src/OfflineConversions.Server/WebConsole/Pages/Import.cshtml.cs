using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>One import: its progress and result. It can be cancelled, and continued after an interruption.</summary>
internal sealed class ImportModel(IImportStore store, RunningImports running, ConnectionRegistry connections)
    : PageModel
{
    /// <summary>Its id.</summary>
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = string.Empty;

    /// <summary>The import; null if there is none with this id.</summary>
    public ImportReport? Import { get; private set; }

    /// <summary>The form that continues it; null if it cannot go on.</summary>
    public FileUpload? Upload { get; private set; }

    /// <summary>Why something could not be done.</summary>
    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await store.FindImportAsync(Id, cancellationToken) is not { } found)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            return Page();
        }

        Import = ImportReport.Of(found, running);
        Upload = found is { State: ImportState.Interrupted, Import.IsDryRun: false }
            ? FileUpload.Continue(connections, Import)
            : null;
        return Page();
    }

    public async Task<IActionResult> OnPostCancelAsync(
        [FromServices] OperatorWrites writes,
        [FromServices] Audit audit,
        CancellationToken cancellationToken
    )
    {
        var response = await ImportEndpoints.CancelAsync(Id, HttpContext, writes, store, running, audit);
        if (response is not ProblemHttpResult refused)
        {
            return LocalRedirect(Url.Page("/Import", new { id = Id })!);
        }

        Problem = refused.ProblemDetails.Detail;
        Response.StatusCode = refused.StatusCode;
        return await OnGetAsync(cancellationToken);
    }
}

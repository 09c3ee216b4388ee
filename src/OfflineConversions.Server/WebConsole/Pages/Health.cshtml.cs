using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>The outbox, its disk, the versions, the ledger, and recoveries.</summary>
internal sealed class HealthModel(
    IOutbox outbox,
    ILedger ledger,
    IRecoveryNotices notices,
    GraphVersions versions,
    ServiceOptions options
) : PageModel
{
    /// <summary>Whether events can be accepted.</summary>
    public OutboxHealth Outbox => outbox.Health;

    /// <summary>The recoveries that are not acknowledged yet.</summary>
    public IReadOnlyList<RecoveryNotice> Recoveries => notices.Recoveries;

    /// <summary>What is to be changed soon about versions.</summary>
    public IReadOnlyList<string> Warnings => versions.Warnings;

    /// <summary>The version of Meta's API.</summary>
    public string GraphVersion => options.Graph.ApiVersion;

    /// <summary>The sums of every connection.</summary>
    public IReadOnlyList<LedgerLine> Ledger { get; private set; } = [];

    /// <summary>The database file and what waits around it.</summary>
    public long FileBytes { get; private set; }

    /// <summary>Bytes that are free on its disk; null if that is unknown.</summary>
    public long? FreeBytes { get; private set; }

    /// <summary>Why something could not be done.</summary>
    public string? Problem { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Ledger = await ledger.LedgerAsync(cancellationToken);
        var path = Path.GetFullPath(options.Outbox.Path);
        FileBytes = new[] { path, path + "-wal" }
            .Select(file => new FileInfo(file))
            .Where(file => file.Exists)
            .Sum(file => file.Length);
        FreeBytes = FreeAt(path);
    }

    public async Task<IActionResult> OnPostAcknowledgeAsync(
        [FromServices] OperatorWrites writes,
        [FromServices] Audit audit,
        CancellationToken cancellationToken
    )
    {
        var target = Url.Page("/Health")!;
        var response = await writes.RespondAsync(HttpContext, AcknowledgeAsync());
        if (response is not ProblemHttpResult refused)
        {
            return new HttpResult(response);
        }

        Problem = refused.ProblemDetails.Detail;
        Response.StatusCode = refused.StatusCode;
        await OnGetAsync(cancellationToken);
        return Page();

        async Task<IResult> AcknowledgeAsync()
        {
            await audit.RecordAsync(
                HttpContext,
                AuditAction.AcknowledgeRecovery,
                connection: null,
                notices.AcknowledgeRecoveriesAsync(CancellationToken.None).AsTask(),
                _ => 0L
            );
            return Results.LocalRedirect(target);
        }
    }

    private static long? FreeAt(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

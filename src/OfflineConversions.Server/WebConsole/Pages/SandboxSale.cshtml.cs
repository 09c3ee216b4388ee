using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>
/// Takes an event from the playground as if its source had posted it. Only where deliveries reach the sandbox of this
/// process: a made-up sale must not reach Meta.
/// </summary>
internal sealed class SandboxSaleModel(
    ConnectionRegistry connections,
    ServiceOptions options,
    EventText text,
    EventWriter writer,
    Audit audit
) : PageModel
{
    /// <summary>What is wrong with the text.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>What became of each event.</summary>
    public IReadOnlyList<EventOutcome> Outcomes { get; private set; } = [];

    /// <summary>There is nothing to see before something was sent.</summary>
    public IActionResult OnGet() => LocalRedirect(Url.Page("/Playground")!);

    public async Task<IActionResult> OnPostAsync(string? connection, string? settings, string? body)
    {
        if (!options.ReachesSandbox)
        {
            return NotFound();
        }

        if (connections.Find(connection ?? string.Empty) is not { } found)
        {
            return Refuse("Choose a connection first.");
        }

        if (!string.IsNullOrWhiteSpace(settings))
        {
            return Refuse(
                "An event is sent with the connection’s own settings. Clear the other settings, or only map."
            );
        }

        var mapped = text.Map(found.Name, settings, body, findOrigins: false);
        if (mapped.Problems.Count > 0)
        {
            return Refuse([.. mapped.Problems]);
        }

        var written = await audit.RecordAsync(
            HttpContext,
            AuditAction.SendSample,
            found.Name,
            writer.WriteAsync(found, mapped.Results),
            one => (long)(one.Outcomes?.Count ?? 0)
        );
        if (written.Outcomes is not { } outcomes)
        {
            return Refuse("The outbox cannot store events now. Health shows why.");
        }

        Outcomes = outcomes;
        return Page();
    }

    private PageResult Refuse(params string[] problems)
    {
        Problems = problems;
        return Page();
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>Sends a file, and lists the imports: who imported what, when, and with which result.</summary>
internal sealed class ImportsModel(IImportStore store, RunningImports running, ConnectionRegistry connections)
    : PageModel
{
    private const int Rows = 50;

    /// <summary>Where the page of the list begins.</summary>
    [BindProperty(SupportsGet = true)]
    public long? Before { get; set; }

    /// <summary>The imports, newest first.</summary>
    public IReadOnlyList<ImportReport> Items { get; private set; } = [];

    /// <summary>Where the next page begins.</summary>
    public string? Next { get; private set; }

    /// <summary>The form.</summary>
    public FileUpload Upload => FileUpload.New(connections);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var imports = await store.ImportsAsync(Before, Rows + 1, cancellationToken);
        var page = imports.Take(Rows).ToArray();
        Items = [.. page.Select(import => ImportReport.Of(import, running))];
        Next = imports.Count > Rows ? page[^1].Number.ToString(CultureInfo.InvariantCulture) : null;
    }
}

using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>The connections and their states.</summary>
internal sealed class ConnectionsModel(ConnectionReport report) : PageModel
{
    public IReadOnlyList<ConnectionReport.Line> Lines { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken) =>
        Lines = await report.AllAsync(cancellationToken);
}

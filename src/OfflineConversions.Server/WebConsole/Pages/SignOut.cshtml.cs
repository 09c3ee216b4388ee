using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.WebConsole.Access;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>Ends the session.</summary>
[ChangesNothing]
internal sealed class SignOutModel(Audit audit) : PageModel
{
    public IActionResult OnGet() => LocalRedirect(Url.Content("~" + ConsolePaths.Root));

    public async Task<IActionResult> OnPostAsync()
    {
        await audit.RecordAsync(
            HttpContext,
            AuditAction.SignOut,
            connection: null,
            HttpContext.SignOutAsync(ConsoleVisitors.Scheme)
        );
        return LocalRedirect(Url.Content("~" + ConsolePaths.SignIn));
    }
}

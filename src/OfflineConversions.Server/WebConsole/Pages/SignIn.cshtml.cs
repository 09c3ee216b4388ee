using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.WebConsole.Access;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>The form with one password field.</summary>
[ChangesNothing]
internal sealed class SignInModel(KeyCheck keys, ConsoleVisitors visitors, Audit audit) : PageModel
{
    /// <summary>Where the visitor wanted to go.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Why the sign-in failed.</summary>
    public string? Problem { get; private set; }

    private string Target => Url.IsLocalUrl(ReturnUrl) ? ReturnUrl! : Url.Content("~" + ConsolePaths.Root);

    public IActionResult OnGet() => visitors.IsLocal(HttpContext) ? LocalRedirect(Target) : Page();

    public async Task<IActionResult> OnPostAsync(string? key)
    {
        var found = await keys.CheckAsync(HttpContext, key);
        if (found.SignedIn is { } signedIn)
        {
            await audit.RecordAsync(
                HttpContext,
                AuditAction.SignIn,
                connection: null,
                ConsoleSessions.BeginAsync(HttpContext, signedIn)
            );
            return LocalRedirect(Target);
        }

        (Problem, Response.StatusCode) = found.Verdict switch
        {
            KeyVerdict.TooMany => (
                "Too many wrong keys came from this address. Wait a minute, then try again.",
                StatusCodes.Status429TooManyRequests
            ),
            KeyVerdict.Wrong => (
                "This is not the key. Check it for missing characters.",
                StatusCodes.Status401Unauthorized
            ),
            _ => ("Enter the key.", StatusCodes.Status400BadRequest),
        };
        return Page();
    }
}

using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.WebConsole.Access;

/// <summary>
/// Sessions of the console: an encrypted cookie that no script can read and no other site's page sends. It ends after a
/// time without a request, and when the key that it was made with is no longer configured.
/// </summary>
internal sealed class ConsoleSessions(ConnectionRegistry connections)
{
    private const string Key = "key";

    /// <summary>The settings of the cookie.</summary>
    public void Configure(CookieAuthenticationOptions options, AdminOptions admin)
    {
        options.Cookie.Name = "console-session";
        options.Cookie.Path = ConsolePaths.Root;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = admin.SessionTimeout;
        options.SlidingExpiration = true;
        options.LoginPath = ConsolePaths.SignIn;
        options.AccessDeniedPath = ConsolePaths.SignIn;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnCheckSlidingExpiration = sliding =>
        {
            // The framework would renew a session only after half of its time, and a request before that not count.
            sliding.ShouldRenew = true;
            return Task.CompletedTask;
        };
        options.Events.OnRedirectToLogin = RedirectAsync;
        options.Events.OnRedirectToAccessDenied = RedirectAsync;
        options.Events.OnValidatePrincipal = validating =>
        {
            if (!IsCurrent(validating.Principal))
            {
                validating.RejectPrincipal();
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>Begins a session.</summary>
    public static Task BeginAsync(HttpContext context, SignedIn signedIn) =>
        context.SignInAsync(
            ConsoleVisitors.Scheme,
            new ClaimsPrincipal(
                new ClaimsIdentity(
                    [new Claim(ClaimTypes.Role, signedIn.Role), new Claim(Key, Fingerprint(signedIn.Key))],
                    ConsoleVisitors.Scheme
                )
            )
        );

    // Without host and scheme, which a proxy may not have passed on.
    private static Task RedirectAsync(RedirectContext<CookieAuthenticationOptions> redirect)
    {
        redirect.Response.Redirect(new Uri(redirect.RedirectUri).PathAndQuery);
        return Task.CompletedTask;
    }

    private bool IsCurrent(ClaimsPrincipal? principal)
    {
        var settings = connections.Current;
        var key =
            principal?.IsInRole(ConsoleVisitors.Operator) == true ? settings.OperatorKey
            : principal?.IsInRole(ConsoleVisitors.Reader) == true ? settings.ReadKey
            : null;
        return key is not null && principal!.HasClaim(Key, Fingerprint(key));
    }

    /// <summary>Distinguishes keys, and reveals less about one than its digest does.</summary>
    private static string Fingerprint(KeyDigest key) =>
        Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes("console session " + key.Text)).AsSpan(0, 16));
}

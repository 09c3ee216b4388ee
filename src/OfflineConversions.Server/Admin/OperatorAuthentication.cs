using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// The authentication scheme of the operator's routes: a bearer key or, if none is configured, a caller on this machine
/// in Development. Routes without <see cref="AdminRoute"/> cost nothing and count no guess.
/// </summary>
/// <remarks>The framework creates one instance per request and asks it several times.</remarks>
internal sealed class OperatorAuthentication(
    ConnectionRegistry connections,
    WrongKeyLimit guesses,
    Audit audit,
    IHostEnvironment environment
) : IAuthenticationHandler
{
    /// <summary>The name of the scheme and of the policy that requires it.</summary>
    public const string Scheme = "Operator";

    private static readonly AuthenticationTicket Operator = new(
        new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "operator")], Scheme)),
        Scheme
    );

    private HttpContext _context = null!;
    private Task<AuthenticateResult>? _result;
    private IResult? _refusal;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync() => _result ??= AuthenticateOnceAsync();

    public Task ChallengeAsync(AuthenticationProperties? properties) => RespondAsync();

    public Task ForbidAsync(AuthenticationProperties? properties) => RespondAsync();

    private Task RespondAsync() =>
        (_refusal ?? Results.Problem(statusCode: StatusCodes.Status403Forbidden)).ExecuteAsync(_context);

    private async Task<AuthenticateResult> AuthenticateOnceAsync()
    {
        if (_context.GetEndpoint()?.Metadata.GetMetadata<AdminRoute>() is null)
        {
            return AuthenticateResult.NoResult();
        }

        _refusal = await RefuseAsync(connections.Current.OperatorKey);
        return _refusal is null ? AuthenticateResult.Success(Operator) : AuthenticateResult.NoResult();
    }

    private async ValueTask<IResult?> RefuseAsync(KeyDigest? key) =>
        key is not null ? await RefuseWrongAsync(key)
        : environment.IsDevelopment() && LocalCaller.Is(_context) ? null
        : Results.Problem(
            "No Admin:ApiKey is configured; without one these routes answer only this machine, and only"
                + " in Development.",
            statusCode: StatusCodes.Status403Forbidden
        );

    private async ValueTask<IResult?> RefuseWrongAsync(KeyDigest key)
    {
        var presented = _context.Request.Headers.Authorization.ToString();
        if (presented.Length == 0)
        {
            return Unauthorized(); // a request without a key is not a guess
        }

        var caller = _context.Connection.RemoteIpAddress;
        var mayTry = guesses.MayTry(caller, out var retryAfter);
        var guess = Guess(presented);
        if (guess is not null)
        {
            // Out of tries, a right key is still right, but its turn comes no sooner than that of a guess.
            if (!mayTry && !await guesses.TurnAsync(caller, _context.RequestAborted))
            {
                audit.WrongKey(caller, isLimited: true);
                return TooMany(retryAfter);
            }

            if (key.Matches(new KeyDigest(guess)))
            {
                guesses.Right(caller);
                return null;
            }
        }

        audit.WrongKey(caller, isLimited: false);
        if (!mayTry)
        {
            return TooMany(retryAfter);
        }

        guesses.Wrong(caller);
        return Unauthorized();
    }

    private static string? Guess(string presented) =>
        AuthenticationHeaderValue.TryParse(presented, out var header)
        && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null;

    private IResult Unauthorized()
    {
        _context.Response.Headers.WWWAuthenticate = "Bearer realm=\"OfflineConversions operator\"";
        return Results.Problem(
            "Send Authorization: Bearer with the key of Admin:ApiKey.",
            statusCode: StatusCodes.Status401Unauthorized
        );
    }

    private IResult TooMany(string retryAfter)
    {
        _context.Response.Headers.RetryAfter = retryAfter;
        return Results.Problem(
            "Too many wrong keys came from this address.",
            statusCode: StatusCodes.Status429TooManyRequests
        );
    }
}

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
    private AuthenticateResult? _result;
    private IResult? _refusal;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(_result ??= Authenticate());

    public Task ChallengeAsync(AuthenticationProperties? properties) => RefuseAsync();

    public Task ForbidAsync(AuthenticationProperties? properties) => RefuseAsync();

    private Task RefuseAsync() =>
        (_refusal ?? Results.Problem(statusCode: StatusCodes.Status403Forbidden)).ExecuteAsync(_context);

    private AuthenticateResult Authenticate()
    {
        if (_context.GetEndpoint()?.Metadata.GetMetadata<AdminRoute>() is null)
        {
            return AuthenticateResult.NoResult();
        }

        if (Refuse() is not { } refusal)
        {
            return AuthenticateResult.Success(Operator);
        }

        _refusal = refusal;
        return AuthenticateResult.NoResult();
    }

    private IResult? Refuse() =>
        connections.Current.OperatorKey is { } key ? Refuse(key)
        : environment.IsDevelopment() && LocalCaller.Is(_context) ? null
        : Results.Problem(
            "No Admin:ApiKey is configured; without one these routes answer only this machine, and only"
                + " in Development.",
            statusCode: StatusCodes.Status403Forbidden
        );

    private IResult? Refuse(KeyDigest key)
    {
        var caller = _context.Connection.RemoteIpAddress;
        var mayTry = guesses.MayTry(caller, out var retryAfter);
        if (!mayTry && !guesses.Trusts(caller))
        {
            return TooMany(retryAfter);
        }

        var presented = _context.Request.Headers.Authorization.ToString();
        if (
            AuthenticationHeaderValue.TryParse(presented, out var header)
            && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            && key.Matches(new KeyDigest(header.Parameter))
        )
        {
            guesses.Right(caller);
            return null;
        }

        // A request without a key is not a guess.
        if (presented.Length > 0)
        {
            if (!mayTry)
            {
                return TooMany(retryAfter);
            }

            guesses.Wrong(caller);
        }

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

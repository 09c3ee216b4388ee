using System.Net.Http.Headers;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Guards the operator's routes: a bearer key, or with none configured a caller on this machine in Development.
/// </summary>
internal sealed class AdminKey(ConnectionRegistry connections, GuessLimit guesses, IHostEnvironment environment)
    : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var refusal =
            connections.Current.OperatorKey is { } key ? Judge(context.HttpContext, key)
            : environment.IsDevelopment() && LocalCaller.Is(context.HttpContext) ? null
            : Results.Problem(
                "No Admin:ApiKey is configured; without one these routes answer only this machine, and only"
                    + " in Development.",
                statusCode: StatusCodes.Status403Forbidden
            );
        return refusal ?? await next(context);
    }

    private IResult? Judge(HttpContext context, KeyDigest key)
    {
        var caller = context.Connection.RemoteIpAddress;
        var mayTry = guesses.MayTry(caller, out var retryAfter);
        if (!mayTry && !guesses.Trusts(caller))
        {
            return TooMany(context, retryAfter);
        }

        var presented = context.Request.Headers.Authorization.ToString();
        if (
            AuthenticationHeaderValue.TryParse(presented, out var header)
            && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            && key.Matches(new KeyDigest(header.Parameter))
        )
        {
            guesses.Right(caller);
            return null;
        }

        if (presented.Length > 0)
        {
            if (!mayTry)
            {
                return TooMany(context, retryAfter);
            }

            guesses.Wrong(caller); // Without a key nothing was guessed.
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"OfflineConversions operator\"";
        return Results.Problem(
            "Send Authorization: Bearer with the key of Admin:ApiKey.",
            statusCode: StatusCodes.Status401Unauthorized
        );
    }

    private static IResult TooMany(HttpContext context, string retryAfter)
    {
        context.Response.Headers.RetryAfter = retryAfter;
        return Results.Problem(
            "Too many wrong keys came from this address.",
            statusCode: StatusCodes.Status429TooManyRequests
        );
    }
}

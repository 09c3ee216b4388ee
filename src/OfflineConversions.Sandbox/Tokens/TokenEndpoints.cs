using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace OfflineConversions.Sandbox.Tokens;

/// <summary>The routes that describe tokens to the sandbox.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/tokens", Add)
            .WithSummary("Describes a token: its kind, end, scopes and datasets. Replaces what was known about it.")
            .Accepts<TokenRequest>("application/json", SandboxEndpoints.AnyContentType)
            .Produces<SandboxToken>(StatusCodes.Status201Created)
            .ProducesValidationProblem();
        routes
            .MapGet("/tokens", (TokenList tokens) =>
                TypedResults.Json(tokens.All(), SandboxJson.Default.TokensResponse)
            )
            .WithSummary("Shows the described tokens, by fingerprint.");
        routes
            .MapDelete("/tokens", (TokenList tokens) =>
            {
                tokens.Clear();
                return TypedResults.NoContent();
            })
            .WithSummary("Forgets all descriptions of tokens.");
    }

    private static async Task<Results<JsonHttpResult<SandboxToken>, ValidationProblem>> Add(
        HttpRequest http,
        TokenList tokens
    )
    {
        try
        {
            var request = await JsonSerializer.DeserializeAsync(
                http.Body,
                SandboxJson.Default.TokenRequest,
                http.HttpContext.RequestAborted
            );
            return string.IsNullOrWhiteSpace(request?.Token)
                ? SandboxProblem.For("token", "is required.")
                : TypedResults.Json(
                    tokens.Add(request),
                    SandboxJson.Default.SandboxToken,
                    statusCode: StatusCodes.Status201Created
                );
        }
        catch (JsonException unreadable)
        {
            return SandboxProblem.For(unreadable.Path ?? "body", "is not what a token can have.");
        }
    }
}

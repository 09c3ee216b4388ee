using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.WebConsole.Access;

namespace OfflineConversions.Server.WebConsole;

/// <summary>What the script of the imports pages needs besides the pages. Same session, same rights.</summary>
internal static class ImportRoutes
{
    private const int MostHeaderBytes = 256 * 1024;

    public static void MapConsoleImports(this IEndpointRouteBuilder app)
    {
        var console = app.MapGroup(ConsolePaths.Root)
            .RequireAuthorization(ConsoleVisitors.Policy)
            .ExcludeFromDescription();
        console.MapGet("/imports/{id}/rejected", ImportEndpoints.RejectedAsync);
        console.MapPost("/upload", ImportUpload.RunAsync).AddEndpointFilter(MayActAsync);
        console.MapPost("/columns", ColumnsAsync).AddEndpointFilter(MayActAsync);
        console.MapGet("/columns", Headers);
    }

    /// <summary>Every header that means something, so that the browser finds the header below a title.</summary>
    private static IResult Headers(string connection, ConnectionRegistry connections) =>
        connections.Find(connection) is { } found
            ? Results.Json(found.Source.HeadersOf(found.Options))
            : Results.BadRequest();

    /// <summary>What the headers of a table mean: names in, names out. The rows stay in the browser.</summary>
    private static async Task<IResult> ColumnsAsync(
        string connection,
        HttpContext context,
        ConnectionRegistry connections,
        CancellationToken cancellationToken
    )
    {
        if (connections.Find(connection) is not { } found || context.Request.ContentLength is not <= MostHeaderBytes)
        {
            return Results.BadRequest();
        }

        try
        {
            var headers = await JsonSerializer.DeserializeAsync<string[]>(
                context.Request.Body,
                cancellationToken: cancellationToken
            );
            return headers is null || headers.Contains(null)
                ? Results.BadRequest()
                : Results.Json(found.Source.ColumnsOf(found.Options, headers));
        }
        catch (JsonException)
        {
            return Results.BadRequest();
        }
    }

    // The read-only key may not act, and a page of another site may not act for someone who may.
    private static async ValueTask<object?> MayActAsync(
        EndpointFilterInvocationContext invocation,
        EndpointFilterDelegate next
    )
    {
        var context = invocation.HttpContext;
        if (!context.RequestServices.GetRequiredService<ConsoleVisitors>().MayAct(context))
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }

        var antiforgery = context.RequestServices.GetRequiredService<IAntiforgery>();
        return await antiforgery.IsRequestValidAsync(context)
            ? await next(invocation)
            : Results.StatusCode(StatusCodes.Status400BadRequest);
    }
}

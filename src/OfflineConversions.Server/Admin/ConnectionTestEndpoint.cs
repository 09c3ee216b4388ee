using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Doctor;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// <c>POST /api/connections/{name}/test</c>: whether the connection could deliver, before the first sale.
/// </summary>
internal static class ConnectionTestEndpoint
{
    public static void MapConnectionTest(this IEndpointRouteBuilder api) =>
        api.MapPost("/connections/{name}/test", TestAsync)
            .WithMetadata(
                new ExampleRoute(
                    """
                    {"ok":false,"datasets":[{"datasetId":"1000000000000001","ok":true,"reason":null,
                       "message":"The token may send to this dataset."},
                      {"datasetId":"1000000000000002","ok":false,"reason":"unknown_dataset",
                       "message":"The dataset does not exist, or the token cannot see it. Correct the dataset id."}]}
                    """
                )
            )
            .WithSummary("Proves token, permission, dataset and version of a connection, without recording an event.")
            .WithDescription(
                "For each dataset, Meta gets an event that is older than its window. Meta checks everything else "
                    + "first, then refuses the event because of its age. If the connection has a `TestEventCode`, one "
                    + "synthetic event follows, which Events Manager shows under Test Events. The response is 200 "
                    + "even if Meta refuses; `reason` is one of the codes of delivery."
            )
            .Produces<ConnectionFinding>()
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> TestAsync(
        string name,
        HttpContext context,
        ConnectionRegistry connections,
        ConnectionTest test,
        Audit audit
    ) =>
        connections.Find(name) is { } connection
            ? Results.Ok(
                await audit.RecordAsync(
                    context,
                    AuditAction.Test,
                    connection.Name,
                    test.RunAsync(connection, CancellationToken.None),
                    _ => 0L
                )
            )
            : Results.Problem("No connection of this name is configured.", statusCode: StatusCodes.Status404NotFound);
}

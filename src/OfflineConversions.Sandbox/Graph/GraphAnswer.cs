using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>An answer ready to be sent.</summary>
internal sealed record GraphAnswer(int Status, string ContentType, byte[] Body, GraphError? Error = null)
{
    private const string Json = "application/json; charset=UTF-8";

    public static GraphAnswer Failure(GraphError error, string traceId)
    {
        var traced = error with { TraceId = traceId };
        return new(
            traced.Status,
            Json,
            JsonSerializer.SerializeToUtf8Bytes(new GraphFailure(traced), GraphJson.Default.GraphFailure),
            traced
        );
    }

    public static GraphAnswer Success(EventShape shape, string dataset, int events, string traceId) =>
        new(
            StatusCodes.Status200OK,
            Json,
            shape == EventShape.OfflineEvents
                ? JsonSerializer.SerializeToUtf8Bytes(
                    new OfflineSuccess(dataset, events),
                    GraphJson.Default.OfflineSuccess
                )
                : JsonSerializer.SerializeToUtf8Bytes(
                    new GraphSuccess(events, [], traceId),
                    GraphJson.Default.GraphSuccess
                )
        );

    /// <summary>A body that is not Graph's own, such as a proxy's page.</summary>
    public static GraphAnswer Literal(Fault fault) =>
        new(
            fault.Status ?? StatusCodes.Status200OK,
            fault.Body!.AsSpan().TrimStart().StartsWith('<') ? "text/html; charset=utf-8" : Json,
            Encoding.UTF8.GetBytes(fault.Body!)
        );

    /// <summary>Graph's <c>fbtrace_id</c>; here it leads back to the request's number.</summary>
    public static string TraceId(long requestId) => "Sandbox" + requestId.ToString("D16", CultureInfo.InvariantCulture);
}

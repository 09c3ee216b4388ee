using System.Diagnostics;
using OfflineConversions.Server.Tracing;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>What the span of one request to Meta says. No URL, because a gateway's may contain a secret.</summary>
internal static class GraphSpan
{
    /// <summary>Describes the result of an attempt.</summary>
    public static void End(Activity? span, GraphRequest request, GraphResponse response)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        span.Tag("connection", request.Connection)
            .Tag("dataset", request.DatasetId)
            .Tag("events", request.Events.Count)
            .Tag("result", GraphMetrics.Result(response))
            .Tag("meta.subcode", response.Error?.Subcode)
            .Tag("meta.trace_id", response.TraceId);
        span.SetTag("http.request.method", "POST");
        if (response.Status > 0)
        {
            span.SetTag("http.response.status_code", response.Status);
        }

        if (response is not { Transport: Transport.Responded, Error: null, Status: >= 200 and < 300 })
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}

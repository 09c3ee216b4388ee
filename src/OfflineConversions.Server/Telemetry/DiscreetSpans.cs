using System.Collections.Frozen;
using System.Diagnostics;
using OfflineConversions.Server.Tracing;
using OpenTelemetry;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Removes from a span everything that is not known to be harmless, before it is exported. A path or a query may hold a
/// write key, a header whatever a caller likes, and the text of an error may quote an event.
/// </summary>
internal sealed class DiscreetSpans : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Kept = new[]
    {
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.version",
        "url.scheme",
    }.ToFrozenSet(StringComparer.Ordinal);

    public override void OnEnd(Activity data)
    {
        foreach (var (name, _) in data.TagObjects.ToArray())
        {
            if (!Kept.Contains(name) && !name.StartsWith(ServiceSpans.TagPrefix, StringComparison.Ordinal))
            {
                data.SetTag(name, null);
            }
        }

        // Without a state of its own, a span returns that of its parent, which may still be open.
        data.TraceStateString = "";
        if (data.StatusDescription is not null)
        {
            data.SetStatus(data.Status);
        }
    }
}

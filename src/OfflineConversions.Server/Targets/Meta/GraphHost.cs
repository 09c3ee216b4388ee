using System.Diagnostics;
using OfflineConversions.Server.Tracing;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>The service around the Graph client: configured versions, metrics, spans.</summary>
internal sealed class GraphHost(GraphVersions versions, GraphMetrics metrics) : IGraphHost
{
    public string VersionOf(MetaApi api) => versions.Of(api);

    public string VersionSetting(MetaApi api) => versions.Setting(api);

    public Activity? Begin() => ServiceSpans.Start("POST events", ActivityKind.Client);

    public void End(Activity? span, GraphRequest request, GraphResponse response, TimeSpan duration)
    {
        metrics.Attempted(request.Connection, response, duration);
        GraphSpan.End(span, request, response);
        versions.Note(request.Api, response);
    }
}

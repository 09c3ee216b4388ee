using System.Diagnostics;
using OfflineConversions.Targets.Meta;
using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Meta;

/// <summary>A program that uses the package: it learns about requests from their reports.</summary>
internal sealed class PackageHost(MetaConversionsOptions options) : IGraphHost
{
    public string VersionOf(MetaApi api) =>
        api.Shape().VersionIn(new ApiVersions(options.ApiVersion, options.OfflineEventsApiVersion));

    public string VersionSetting(MetaApi api) =>
        api == MetaApi.ConversionsApi
            ? $"{nameof(options.ApiVersion)} {options.ApiVersion}"
            : $"{nameof(options.OfflineEventsApiVersion)} {options.OfflineEventsApiVersion}";

    public Activity? Begin() => null;

    public void End(Activity? span, GraphRequest request, GraphResponse response, TimeSpan duration) { }
}

using System.Diagnostics;
using OfflineConversions.Targets.Meta;
using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Meta;

/// <summary>What the process around the client decides, and where it watches requests.</summary>
internal interface IGraphHost
{
    /// <summary>The version in the URLs of a shape.</summary>
    string VersionOf(MetaApi api);

    /// <summary>The setting of that version with its value, for messages.</summary>
    string VersionSetting(MetaApi api);

    /// <summary>An attempt begins.</summary>
    /// <returns>Its span; <see langword="null"/> if it is not recorded. The client disposes it.</returns>
    Activity? Begin();

    /// <summary>An attempt ended.</summary>
    void End(Activity? span, GraphRequest request, GraphResponse response, TimeSpan duration);
}

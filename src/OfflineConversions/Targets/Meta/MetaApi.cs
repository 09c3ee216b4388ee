namespace OfflineConversions.Targets.Meta;

/// <summary>
/// Which of Meta's two APIs a connection sends to. What differs between them is in <see cref="IMetaShape"/>.
/// </summary>
public enum MetaApi
{
    /// <summary>The Conversions API: <c>user_data</c> and <c>custom_data</c>.</summary>
    ConversionsApi,

    /// <summary>The offline-events API: <c>match_keys</c>. Meta retired it on 2025-05-14.</summary>
    OfflineEvents,
}

namespace OfflineConversions.Conversions;

/// <summary>Which of Meta's two shapes a connection speaks.</summary>
public enum MetaApi
{
    /// <summary>The Conversions API: <c>user_data</c>, <c>custom_data</c>, at most 1000 events a request.</summary>
    ConversionsApi,

    /// <summary>
    /// The legacy offline-events shape: <c>match_keys</c>, at most 2000 events a request. Meta retired it on
    /// 2025-05-14.
    /// </summary>
    OfflineEvents,
}

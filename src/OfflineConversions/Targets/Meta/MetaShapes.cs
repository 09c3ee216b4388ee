namespace OfflineConversions.Targets.Meta;

/// <summary>The two shapes.</summary>
internal static class MetaShapes
{
    /// <summary>The Conversions API.</summary>
    public static IMetaShape ConversionsApi { get; } = new ConversionsApiShape();

    /// <summary>The offline-events API.</summary>
    public static IMetaShape OfflineEvents { get; } = new OfflineEventsShape();

    /// <summary>The shape of a configuration value. This is the only place that compares the value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the two.</exception>
    public static IMetaShape Shape(this MetaApi api) =>
        api switch
        {
            MetaApi.ConversionsApi => ConversionsApi,
            MetaApi.OfflineEvents => OfflineEvents,
            _ => throw new ArgumentOutOfRangeException(nameof(api), api, "No such API of Meta."),
        };
}

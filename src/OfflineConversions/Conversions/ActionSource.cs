using System.Collections.Frozen;

namespace OfflineConversions.Conversions;

/// <summary>Where a conversion happened. Source: Meta, "Server Event Parameters", action_source.</summary>
public static class ActionSource
{
    public const string Website = "website";
    public const string PhysicalStore = "physical_store";
    public const string BusinessMessaging = "business_messaging";

    /// <summary>Every value that Meta accepts.</summary>
    public static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "email",
        Website,
        "app",
        "phone_call",
        "chat",
        PhysicalStore,
        "system_generated",
        BusinessMessaging,
        "other"
    );

    /// <summary>
    /// Those that a connection can have as its default. A messaging event needs a channel, which only the event can
    /// name.
    /// </summary>
    public static readonly FrozenSet<string> Configurable = Known
        .Where(source => source != BusinessMessaging)
        .ToFrozenSet(StringComparer.Ordinal);
}

using System.Collections.Frozen;

namespace OfflineConversions.Conversions;

/// <summary>Where a conversion happened, in Meta's words. Source: Meta, "Server Event Parameters".</summary>
public static class ActionSource
{
    public const string Website = "website";
    public const string PhysicalStore = "physical_store";

    /// <summary>Every value Meta knows.</summary>
    public static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "email",
        Website,
        "app",
        "phone_call",
        "chat",
        PhysicalStore,
        "system_generated",
        "business_messaging",
        "other"
    );
}

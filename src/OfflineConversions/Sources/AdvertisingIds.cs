using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources;

/// <summary>The advertising ids of devices, which only the person's permission makes match keys.</summary>
internal static class AdvertisingIds
{
    // iOS's authorization status if the person refused, or if a profile of the device forbids tracking. Some SDKs send
    // the number. Source: Apple, "App Tracking Transparency".
    private static readonly string[] Refusals = ["denied", "restricted", "1", "2"];

    /// <summary>Adds the id of a device that Segment's and RudderStack's SDKs describe.</summary>
    public static void AddTo(MatchKeys keys, FieldValues fields, Warnings warnings)
    {
        var isAllowed =
            !IsFalse(fields.Element(Field.AdTrackingEnabled)) && !IsRefusal(fields.Element(Field.AdTrackingStatus));
        Add(keys, fields.Text(Field.MobileAdvertiserId), isAllowed, warnings);
    }

    /// <summary>Adds the id, or a warning if there is one that may not be used.</summary>
    public static void Add(MatchKeys keys, string? id, bool isAllowed, Warnings warnings)
    {
        if (isAllowed)
        {
            keys.Add(MatchKey.MobileAdvertiserId, id);
        }
        else if (id is not null && !Placeholder.Is(id))
        {
            warnings.Add(Warning.AdvertisingIdNotAllowed);
        }
    }

    /// <summary>Whether a flag is true, in any notation.</summary>
    public static bool IsTrue(JsonElement flag) => Text(flag) is "true" or "1" or "yes";

    /// <summary>Whether a flag is false, in any notation.</summary>
    public static bool IsFalse(JsonElement flag) => Text(flag) is "false" or "0" or "no";

    /// <summary>Whether an authorization status of iOS forbids tracking.</summary>
    public static bool IsRefusal(JsonElement status) => Text(status) is { } text && Refusals.Contains(text);

    private static string? Text(JsonElement element) => JsonText.Of(element)?.ToLowerInvariant();
}

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

    /// <summary>
    /// Removes the ids of a device that Segment's and RudderStack's SDKs describe, if it forbids them.
    /// </summary>
    public static void RemoveForbidden(MatchKeys keys, FieldValues fields, Warnings warnings) =>
        RemoveForbidden(
            keys,
            IsFalse(fields.Element(Field.AdTrackingEnabled)) || IsRefusal(fields.Element(Field.AdTrackingStatus)),
            warnings
        );

    /// <summary>
    /// Removes the ids if they are forbidden, wherever in the event they are: the person's choice is about the device.
    /// </summary>
    public static void RemoveForbidden(MatchKeys keys, bool areForbidden, Warnings warnings)
    {
        if (areForbidden && keys.Remove(MatchKey.MobileAdvertiserId))
        {
            warnings.Add(Warning.AdvertisingIdNotAllowed);
        }
    }

    /// <summary>Whether a flag is true, in any notation.</summary>
    public static bool IsTrue(JsonPart flag) => Text(flag) is "true" or "1" or "yes";

    /// <summary>Whether a flag is false, in any notation.</summary>
    public static bool IsFalse(JsonPart flag) => Text(flag) is "false" or "0" or "no";

    /// <summary>Whether an authorization status of iOS forbids tracking.</summary>
    public static bool IsRefusal(JsonPart status) => Text(status) is { } text && Refusals.Contains(text);

    private static string? Text(JsonPart element) => JsonText.Of(element)?.ToLowerInvariant();
}

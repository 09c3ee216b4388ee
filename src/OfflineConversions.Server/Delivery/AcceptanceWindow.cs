using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// When Meta stops accepting an event. A chunk knows this for the first of its events only; on the rare way here, near
/// the end of a long outage, it is read from the payload of each, by the rule of the way in and for both of Meta's
/// APIs: seven days, 62 for <c>physical_store</c> ("Using the API", "Offline events"). Both shapes carry
/// <c>action_source</c>.
/// </summary>
internal static class AcceptanceWindow
{
    /// <summary>When the window of one event closes.</summary>
    /// <param name="payload">The event as it is sent.</param>
    /// <param name="options">The connection's windows.</param>
    /// <param name="earliest">
    /// The chunk's time, which no event's can precede; it stands where the payload tells nothing.
    /// </param>
    public static DateTimeOffset ClosesAt(ReadOnlyMemory<byte> payload, MappingOptions options, DateTimeOffset earliest)
    {
        try
        {
            using var json = JsonDocument.Parse(payload, JsonLimits.Document);
            if (!json.RootElement.TryGetProperty("event_time", out var time) || !time.TryGetInt64(out var seconds))
            {
                return earliest;
            }

            var offline =
                json.RootElement.TryGetProperty("action_source", out var source)
                && source.ValueEquals(ActionSource.PhysicalStore);
            var closes =
                DateTimeOffset.FromUnixTimeSeconds(seconds)
                + (offline ? options.PhysicalStoreAcceptanceWindow : options.AcceptanceWindow);
            return closes > earliest ? closes : earliest;
        }
        catch (Exception failure)
            when (failure is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return earliest;
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Doctor;

/// <summary>The events that a connection test sends. They concern no person.</summary>
internal static class ProofEvent
{
    private const int InvalidParameter = 100;
    private const int TooOld = 2804003;

    // The offline-events API has one subcode for every event that is not valid.
    private const int OfflineEventsInvalid = 1815356;

    // Older than Meta's window of 7 days.
    private static readonly TimeSpan WebAge = TimeSpan.FromDays(9);

    // Older than the window of 62 days that offline events have.
    private static readonly TimeSpan OfflineAge = TimeSpan.FromDays(70);

    private static readonly string NoPerson = Convert.ToHexStringLower(
        SHA256.HashData("offline-conversions@example.com"u8)
    );

    /// <summary>
    /// An event that Meta refuses only because of its age, after it has checked token, permission, dataset and version.
    /// It is never recorded.
    /// </summary>
    public static ReadOnlyMemory<byte> TooOldAt(DateTimeOffset now, MetaApi api) =>
        api == MetaApi.OfflineEvents ? Offline(now - OfflineAge) : Web(now - WebAge, "offline-conversions-proof");

    /// <summary>Whether the response refuses the event because of its age.</summary>
    public static bool IsTooOld(GraphResponse response) =>
        response.Error is { Code: InvalidParameter, Subcode: TooOld or OfflineEventsInvalid };

    /// <summary>An event that Meta accepts, and shows under Test Events if the request has a test event code.</summary>
    public static ReadOnlyMemory<byte> At(DateTimeOffset now, MetaApi api) =>
        api == MetaApi.OfflineEvents
            ? Offline(now)
            : Web(
                now,
                $"offline-conversions-test-{now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}"
            );

    private static byte[] Web(DateTimeOffset time, string id) =>
        Bytes(
            new JsonObject
            {
                ["event_name"] = "Lead",
                ["event_time"] = time.ToUnixTimeSeconds(),
                ["event_id"] = id,
                ["action_source"] = "website",
                ["event_source_url"] = "https://example.com/",
                ["user_data"] = new JsonObject
                {
                    ["em"] = new JsonArray(NoPerson),
                    ["client_user_agent"] = "OfflineConversions",
                },
            }
        );

    private static byte[] Offline(DateTimeOffset time) =>
        Bytes(
            new JsonObject
            {
                ["event_name"] = "Lead",
                ["event_time"] = time.ToUnixTimeSeconds(),
                ["match_keys"] = new JsonObject { ["email"] = new JsonArray(NoPerson) },
            }
        );

    private static byte[] Bytes(JsonObject json) =>
        Encoding.UTF8.GetBytes(json.ToJsonString(JsonSerializerOptions.Web));
}

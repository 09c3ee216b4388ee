using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>
/// One sale in each dialect, with places for what is odd. Latin-1, so that a test can write any byte: é is 0xE9 alone.
/// </summary>
internal static class OddEvents
{
    private static int _last;

    public static (string Path, string Key) Of(string source) =>
        source switch
        {
            SourceName.MParticle => ("/mparticle/v2/events", "mp-key:mp-secret"),
            SourceName.Segment => ("/segment/v1/batch", "seg-key-1"),
            SourceName.RudderStack => ("/rudderstack/v1/batch", "rud-key-1"),
            _ => ("/commandersact/events/batch", "com-key-1"),
        };

    /// <param name="source">The dialect.</param>
    /// <param name="note">A custom property, as JSON.</param>
    /// <param name="value">The value of the sale, as JSON.</param>
    /// <param name="email">The buyer's address, as JSON.</param>
    public static string Event(
        string source,
        string note = "\"n\"",
        string value = "12.5",
        string email = "\"zoe@example.com\""
    )
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"odd-{Interlocked.Increment(ref _last)}");
        return source switch
        {
            SourceName.MParticle => $$$"""
                {"event_type":"commerce_event","data":{"source_message_id":"{{{id}}}","currency_code":"EUR",
                  "custom_attributes":{"note":{{{note}}} },"product_action":{"action":"purchase",
                  "total_amount":{{{value}}},"products":[{"id":"p-1","price":1}]} } }
                """,
            SourceName.CommandersAct => $$$"""
                {"event_name":"purchase","value":{{{value}}},"currency":"EUR","note":{{{note}}},
                  "context":{"event_id":"{{{id}}}" },"user":{"email":{{{email}}},"id":"u-1"} }
                """,
            _ => $$$"""
                {"type":"track","event":"Order Completed","messageId":"{{{id}}}","userId":"u-1",
                  "context":{"traits":{"email":{{{email}}} } },"properties":{"revenue":{{{value}}},
                  "total":{{{value}}},"currency":"EUR","note":{{{note}}} } }
                """,
        };
    }

    /// <summary>A body of several events.</summary>
    public static string Batch(string source, params IEnumerable<string> events) =>
        source == SourceName.MParticle
            ? $$$"""
                {"user_identities":{"email":"zoe@example.com"},"user_attributes":{"$FirstName":"Zoe"},
                  "events":[{{{string.Join(',', events)}}}]}
                """
            : $$$"""{"batch":[{{{string.Join(',', events)}}}]}""";

    public static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);

    /// <summary>Posts it and reads what became of each event.</summary>
    public static async Task<(int Status, string[] Outcomes)> PostOddAsync(
        this ServiceUnderTest service,
        string source,
        byte[] body
    )
    {
        var (path, key) = Of(source);
        using var answer = await service.PostAsync(
            path,
            new ByteArrayContent(body),
            key,
            ("Prefer", "return=representation")
        );
        var text = await answer.Content.ReadAsStringAsync();
        text.Should().NotContain("   at ", "no answer shows a stack trace");
        return (
            (int)answer.StatusCode,
            answer.IsSuccessStatusCode
                ?
                [
                    .. JsonElement
                        .Parse(text)
                        .GetProperty("events")
                        .EnumerateArray()
                        .Select(one =>
                            one.GetProperty("reason").GetString() ?? one.GetProperty("outcome").GetString()!
                        ),
                ]
                : [text]
        );
    }
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OfflineConversions.Benchmarks.Orders;

/// <summary>
/// The events that are measured: one order in the form of each source, with three products, a full address and the
/// context that a client sends, and the sample call of RudderStack's page.
/// </summary>
internal static class Order
{
    /// <summary>The tags of the sources that have an order.</summary>
    public static readonly string[] Sources = ["mparticle", "segment", "rudderstack", "commandersact"];

    /// <summary>The id of an event whose id does not matter.</summary>
    public const string SomeId = "9116b734-7e6b-4497-ab51-c16744d4487e";

    /// <summary>The time of an event whose time does not matter.</summary>
    public static readonly DateTimeOffset SomeTime = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions AsSent = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>An order in the form of a source, without white space.</summary>
    public static string Of(string source, string id = SomeId, DateTimeOffset? at = null)
    {
        var time = at ?? SomeTime;
        using var stream = typeof(Order).Assembly.GetManifestResourceStream($"orders/{source}.json")!;
        return JsonNode
            .Parse(stream)!
            .ToJsonString(AsSent)
            .Replace("{{id}}", id, StringComparison.Ordinal)
            .Replace(
                "{{now}}",
                time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                StringComparison.Ordinal
            )
            .Replace(
                "\"{{now-ms}}\"",
                time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                StringComparison.Ordinal
            );
    }

    /// <summary>The sample call of RudderStack's page, as its Node SDK sends it.</summary>
    public static string RudderStackSample(string id, DateTimeOffset at) => Of("rudderstack-sample", id, at);
}

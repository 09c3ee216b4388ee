using System.Globalization;
using System.Text.Json.Nodes;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>A body that can be posted unchanged.</summary>
/// <param name="Name">The key of the example in the OpenAPI document.</param>
/// <param name="Summary">What the body shows.</param>
/// <param name="Body">The JSON.</param>
internal sealed record Sample(string Name, string Summary, JsonNode Body)
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    /// <summary>When the events of samples happened: recently, because Meta refuses old events.</summary>
    public static DateTimeOffset Time(DateTimeOffset now) => now - Age;

    /// <summary>A sample from JSON text.</summary>
    public static Sample Of(string name, string summary, string json) => new(name, summary, JsonNode.Parse(json)!);

    /// <summary>A time as ISO 8601.</summary>
    public static string Iso(DateTimeOffset at) =>
        at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A time as Unix milliseconds.</summary>
    public static string Milliseconds(DateTimeOffset at) =>
        at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}

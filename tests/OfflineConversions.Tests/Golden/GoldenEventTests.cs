using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;

namespace OfflineConversions.Tests.Golden;

/// <summary>
/// Whole events and what becomes of them under both of Meta's APIs, one file each. After a change of the mapping,
/// UPDATE_GOLDEN=1 writes the expected parts anew: then read the difference, every line of it.
/// </summary>
public class GoldenEventTests
{
    private static readonly JsonSerializerOptions Settings = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder(), "*.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder(), file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_golden_event_becomes_what_its_file_says(string file)
    {
        var path = Path.Combine(Folder(), file);
        var golden = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var actual = new JsonObject
        {
            ["conversionsApi"] = Map(golden, MetaApi.ConversionsApi),
            ["offlineEvents"] = Map(golden, MetaApi.OfflineEvents),
        };
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            golden["expected"] = actual;
            File.WriteAllText(path, golden.ToJsonString(Readable) + "\n");
            return;
        }

        actual.ToJsonString(Readable).Should().Be(golden["expected"]?.ToJsonString(Readable));
    }

    [Theory]
    [InlineData("mparticle")]
    [InlineData("segment")]
    [InlineData("rudderstack")]
    [InlineData("commandersact")]
    public void Each_source_has_at_least_a_dozen_golden_events(string source) =>
        Directory.GetFiles(Path.Combine(Folder(), source), "*.json").Should().HaveCountGreaterThanOrEqualTo(12);

    private static JsonArray Map(JsonObject golden, MetaApi api)
    {
        var options = golden["options"].Deserialize<MappingOptions>(Settings)!;
        options.Api = api;
        using var body = JsonDocument.Parse(golden["body"]!.ToJsonString());
        var receivedAt = DateTimeOffset.Parse(golden["receivedAt"]!.ToString(), CultureInfo.InvariantCulture);
        var results = new ConversionPipeline(options).Map(body.RootElement, new Receipt(receivedAt, golden["call"]?.ToString()));
        return new JsonArray([.. results.Select(Written)]);
    }

    private static JsonObject Written(EventResult result) => new()
    {
        ["outcome"] = result.Outcome.ToString().ToLowerInvariant(),
        ["reason"] = result.Reason,
        ["warnings"] = new JsonArray([.. result.Warnings.Select(code => (JsonNode)code)]),
        ["deliveries"] = new JsonArray([.. result.Deliveries.Select(delivery => new JsonObject
        {
            ["datasetId"] = delivery.DatasetId,
            ["uploadTag"] = delivery.UploadTag,
            ["event"] = JsonNode.Parse(delivery.Payload.Span),
        })]),
    };

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}

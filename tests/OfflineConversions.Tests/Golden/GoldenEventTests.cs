using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

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
        [
            .. Directory
                .EnumerateFiles(Folder(), "*.json", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Folder(), file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];

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

    [Theory]
    [MemberData(nameof(Files))]
    public void A_clear_email_in_any_field_of_a_golden_event_leaves_in_none(string file)
    {
        const string Canary = "canary.bird@example.com";
        var golden = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), file)))!.AsObject();
        foreach (var place in Leaves(golden["body"]!).ToList())
        {
            var original = place.DeepClone();
            var planted = JsonValue.Create(Canary);
            place.ReplaceWith(planted);
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                var output = string.Concat(
                    Results(golden, api)
                        .SelectMany(result =>
                            result.Deliveries.Select(delivery =>
                                $"{result.EventId} {delivery.EventName} {delivery.EventId} {delivery.UploadTag} "
                                + $"{delivery.DatasetId} {Encoding.UTF8.GetString(delivery.Payload.Span)}"
                            )
                        )
                );
                output.Should().NotContainEquivalentOf(Canary, "it stood in {0}", planted!.GetPath());
            }

            planted!.ReplaceWith(original);
        }
    }

    private static IEnumerable<JsonNode> Leaves(JsonNode node) =>
        node switch
        {
            JsonObject members => members
                .Where(member => member.Value is not null)
                .SelectMany(member => Leaves(member.Value!)),
            JsonArray items => items.Where(item => item is not null).SelectMany(item => Leaves(item!)),
            _ => [node],
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void The_match_keys_and_the_time_of_a_delivery_are_those_in_its_payload(string file)
    {
        var golden = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), file)))!.AsObject();
        foreach (var api in Enum.GetValues<MetaApi>())
        {
            foreach (var delivery in Results(golden, api).SelectMany(result => result.Deliveries))
            {
                var written = JsonNode.Parse(delivery.Payload.Span)!;
                var quality = delivery.Quality;
                MatchKeyNames
                    .All.Where(quality.MatchKeys.Contains)
                    .Select(MatchKeyNames.NameOf)
                    .Should()
                    .BeEquivalentTo(
                        (written["user_data"] ?? written["match_keys"])!
                            .AsObject()
                            .Select(member => CurrentName(member.Key))
                            .Distinct()
                    );
                (quality.EventTime ?? written["event_time"]!.GetValue<long>())
                    .Should()
                    .Be(written["event_time"]!.GetValue<long>());
                quality.ActionSource.Should().Be(written["action_source"]?.GetValue<string>() ?? quality.ActionSource);
            }
        }
    }

    private static string CurrentName(string name) =>
        name switch
        {
            "email" => "em",
            "phone" => "ph",
            "gen" => "ge",
            "doby" or "dobm" or "dobd" => "db",
            "zip" => "zp",
            "extern_id" => "external_id",
            _ => name,
        };

    private static JsonArray Map(JsonObject golden, MetaApi api) => new([.. Results(golden, api).Select(Written)]);

    private static IReadOnlyList<EventResult> Results(JsonObject golden, MetaApi api)
    {
        var options = Options(golden["options"]!.DeepClone().AsObject());
        options.Api = api;
        using var body = JsonTree.Parse(golden["body"]!.ToJsonString());
        var receivedAt = DateTimeOffset.Parse(golden["receivedAt"]!.ToString(), CultureInfo.InvariantCulture);
        return new ConversionPipeline(options).Map(body.Root, new Receipt(receivedAt, golden["call"]?.ToString()));
    }

    private static MappingOptions Options(JsonObject written)
    {
        var source = EventSources.All.Find(written["source"]!.ToString())!;
        var section = written.FirstOrDefault(member =>
            member.Key.Equals(source.Name, StringComparison.OrdinalIgnoreCase)
        );
        written.Remove("source");
        if (section.Key is not null)
        {
            written.Remove(section.Key);
        }

        var options = written.Deserialize<MappingOptions>(Settings)!;
        options.Source = source;
        options.SourceOptions = section.Value?.Deserialize(source.CreateOptions().GetType(), Settings);
        return options;
    }

    private static JsonObject Written(EventResult result) =>
        new()
        {
            ["outcome"] = result.Outcome.ToString().ToLowerInvariant(),
            ["reason"] = result.Reason,
            ["warnings"] = new JsonArray([.. result.Warnings.Select(code => (JsonNode)code)]),
            ["deliveries"] = new JsonArray([
                .. result.Deliveries.Select(delivery => new JsonObject
                {
                    ["datasetId"] = delivery.DatasetId,
                    ["uploadTag"] = delivery.UploadTag,
                    ["event"] = JsonNode.Parse(delivery.Payload.Span),
                }),
            ]),
        };

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Tests;

/// <summary>Irrelevant data, visibly irrelevant, and the pipeline with a verb.</summary>
internal static partial class Some
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static MappingOptions Segment(Action<MappingOptions>? change = null) => With(SourceName.Segment, options =>
        {
            foreach (var name in SegmentEventNames.Semantic.Keys)
            {
                options.Of<SegmentOptions>().Events.Add(new() { Event = name, EventSetId = "111" });
            }

            change?.Invoke(options);
        });

    public static MappingOptions RudderStack(Action<MappingOptions>? change = null) =>
        With(SourceName.RudderStack, options =>
        {
            foreach (var name in RudderStackEventNames.Standard.Values.Distinct())
            {
                options.Of<RudderStackOptions>().EventsToIds.Add(new() { From = name, To = "222" });
            }

            change?.Invoke(options);
        });

    public static MappingOptions MParticle(Action<MappingOptions>? change = null) => With(SourceName.MParticle, change);

    public static MappingOptions CommandersAct(Action<MappingOptions>? change = null) =>
        With(SourceName.CommandersAct, change);

    public static IReadOnlyList<EventResult> Map(
        this MappingOptions options,
        string body,
        DateTimeOffset? receivedAt = null,
        string? call = null
    )
    {
        using var tree = JsonTree.Parse(TrailingComma().Replace(body, ""));
        return new ConversionPipeline(options).Map(tree.Root, new Receipt(receivedAt ?? Now, call));
    }

    // A case of a test may end with a comma before a bracket.
    [GeneratedRegex(@",(?=\s*[}\]])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TrailingComma();

    public static EventResult MapOne(
        this MappingOptions options,
        string body,
        DateTimeOffset? receivedAt = null,
        string? call = null
    ) => options.Map(body, receivedAt, call).Should().ContainSingle().Subject;

    public static JsonObject Payload(this EventResult result) =>
        JsonNode
            .Parse(
                result
                    .Deliveries.Should()
                    .ContainSingle($"the event was {result.Outcome} {result.Reason}")
                    .Subject.Payload.Span
            )!
            .AsObject();

    public static void ShouldBe(this JsonNode? actual, string expected) =>
        Indented(actual).Should().Be(Indented(JsonNode.Parse(expected)));

    private static string? Indented(JsonNode? node) =>
        Sorted(node)?.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject value => new JsonObject(
                value
                    .OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))
            ),
            JsonArray value => new JsonArray(value.Select(Sorted).ToArray()),
            _ => node?.DeepClone(),
        };

    private static MappingOptions With(string source, Action<MappingOptions>? change)
    {
        var options = new MappingOptions { Source = EventSources.All.Find(source), DatasetId = "333" };
        change?.Invoke(options);
        return options;
    }
}

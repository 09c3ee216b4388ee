using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class UploadTagsTests
{
    private const string Own = "RudderStack";

    [Fact]
    public async Task A_connection_sends_at_most_32_tags_of_its_callers_and_its_own_one_with_a_warning_for_the_rest()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var outcomes = new List<JsonElement>();
        for (var first = 0; first < 400; first += 100)
        {
            outcomes.AddRange(await PostAsync(service, Enumerable.Range(first, 100).Select(Tag)));
        }

        service.Outbox.Entries.Should().HaveCount(400, "a tag never costs an event");
        Tags(service).Should().HaveCount(UploadTags.Most + 1).And.Contain(Own);
        outcomes.Count(IsReplaced).Should().Be(400 - UploadTags.Most);
        (await PostAsync(service, [Tag(0), Tag(31)])).Should().NotContain(outcome => IsReplaced(outcome));
    }

    [Fact]
    public async Task The_sources_own_tag_does_not_count()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        await PostAsync(service, [null, Own, .. Enumerable.Range(0, UploadTags.Most).Select(Tag)]);

        Tags(service).Should().HaveCount(UploadTags.Most + 1);
        (await PostAsync(service, [null, Own])).Should().NotContain(outcome => IsReplaced(outcome));
    }

    [Fact]
    public void A_tag_counts_for_an_hour_after_its_last_use_and_for_its_connection_only()
    {
        var time = new FakeTimeProvider();
        var tags = new UploadTags(time);
        var (one, other) = (Some("one"), Some("other"));
        Use(one, Enumerable.Range(0, UploadTags.Most)).Should().Be(0);
        time.Advance(UploadTags.Window / 2);
        Use(one, [0]).Should().Be(0);
        Use(one, [100]).Should().Be(1);
        Use(other, [100]).Should().Be(0);

        time.Advance(UploadTags.Window / 2);

        Use(one, Enumerable.Range(100, UploadTags.Most)).Should().Be(1, "the tag that was used again still counts");

        int Use(Connection connection, IEnumerable<int> numbers) =>
            tags.Limit(connection, [.. numbers.Select(number => Result(Tag(number)))])
                .Count(result => result.Warnings.Contains(Warning.UploadTagReplaced));
    }

    private static string Tag(int number) => string.Create(CultureInfo.InvariantCulture, $"tag-{number}");

    private static bool IsReplaced(JsonElement outcome) =>
        outcome.GetProperty("warnings").EnumerateArray().Any(warning => warning.ValueEquals("upload_tag_replaced"));

    private static HashSet<string?> Tags(ServiceUnderTest service) =>
        [.. service.Outbox.Entries.Select(entry => entry.Delivery.UploadTag)];

    private static async Task<List<JsonElement>> PostAsync(ServiceUnderTest service, IEnumerable<string?> tags)
    {
        var events = tags.Select(tag =>
            OddEvents
                .Event(SourceName.RudderStack)
                .Replace(
                    "\"note\":",
                    tag is null ? "\"note\":" : $"\"upload_tag\":\"{tag}\",\"note\":",
                    StringComparison.Ordinal
                )
        );
        using var response = await service.PostAsync(
            "/rudderstack/v1/batch",
            OddEvents.Batch(SourceName.RudderStack, events),
            "rud-key-1",
            ("Prefer", "return=representation")
        );
        return
        [
            .. JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("events").EnumerateArray(),
        ];
    }

    private static Connection Some(string name) =>
        new(name, new ConnectionOptions { Source = VendorProtocols.All.Sources.Find(SourceName.RudderStack) });

    private static EventResult Result(string tag) =>
        new(Outcome.Accepted, null, [], [new EventDelivery("1", tag, "Purchase", "e", default, default)], "e");
}

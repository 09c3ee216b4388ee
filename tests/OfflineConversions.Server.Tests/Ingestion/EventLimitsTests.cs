using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>The limits of event ids and names, for all sources.</summary>
public sealed class EventLimitsTests(OddInputService running) : IClassFixture<OddInputService>
{
    public static TheoryData<string, string> Ids()
    {
        var rows = new TheoryData<string, string>();
        foreach (var source in SourceName.All)
        {
            rows.Add(source, new string('i', 257));
            rows.Add(source, new string('\u00e9', 129));
            rows.Add(source, string.Concat(Enumerable.Repeat("\ud83d\ude00", 65)));
            rows.Add(source, new string('i', 100_000));
        }

        return rows;
    }

    public static TheoryData<string, string> IdsWithinTheLimit()
    {
        var rows = new TheoryData<string, string>();
        foreach (var source in SourceName.All)
        {
            rows.Add(source, new string('j', 256));
            rows.Add(source, new string('\u00e9', 128));
            rows.Add(source, string.Concat(Enumerable.Repeat("\ud83d\ude00", 64)));
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_digest_of_an_id_of_more_than_256_bytes_becomes_the_id(string source, string id)
    {
        var (outcome, warnings, eventId) = await PostAsync(source, id);

        outcome.Should().Be("accepted");
        warnings.Should().Contain("event_id_too_long");
        eventId.Should().Be(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));
        JsonElement.Parse(running.Stored[^1].Span).GetProperty("event_id").GetString().Should().Be(eventId);
        (await PostAsync(source, id)).Outcome.Should().Be("duplicate", "the same id gives the same digest");
    }

    [Theory]
    [MemberData(nameof(IdsWithinTheLimit))]
    public async Task An_id_of_256_bytes_is_kept(string source, string id)
    {
        var (outcome, warnings, eventId) = await PostAsync(source, id);

        outcome.Should().Be("accepted");
        warnings.Should().NotContain("event_id_too_long");
        eventId.Should().Be(id);
    }

    [Theory]
    [InlineData(SourceName.Segment, 100, "event_not_mapped")]
    [InlineData(SourceName.Segment, 101, "event_not_mapped")]
    [InlineData(SourceName.MParticle, 101, "not_forwarded")]
    [InlineData(SourceName.RudderStack, 101, "event_not_mapped")]
    [InlineData(SourceName.CommandersAct, 100, "accepted")]
    [InlineData(SourceName.CommandersAct, 101, "event_name_too_long")]
    [InlineData(SourceName.CommandersAct, 50_000, "event_name_too_long")]
    public async Task A_name_of_more_than_100_characters_is_rejected_if_the_event_is_for_Meta(
        string source,
        int length,
        string expected
    )
    {
        var name = new string('n', length);
        var sale = OddEvents
            .Event(source)
            .Replace("Order Completed", name, StringComparison.Ordinal)
            .Replace("\"event_name\":\"purchase\"", $"\"event_name\":\"{name}\"", StringComparison.Ordinal)
            .Replace("\"action\":\"purchase\"", $"\"action\":\"{name}\"", StringComparison.Ordinal);

        (await running.PostAsync(source, OddEvents.Batch(source, sale))).Outcomes.Should().Equal(expected);
    }

    private async Task<(string Outcome, string[] Warnings, string? EventId)> PostAsync(string source, string id)
    {
        var sale = JsonNode.Parse(OddEvents.Event(source))!;
        if (source == SourceName.MParticle)
        {
            sale["data"]!["source_message_id"] = id;
        }
        else if (source == SourceName.CommandersAct)
        {
            sale["context"]!["event_id"] = id;
        }
        else
        {
            sale["messageId"] = id;
        }

        var outcome = await running.OutcomeAsync(source, OddEvents.Batch(source, sale.ToJsonString()));
        return (
            outcome.GetProperty("reason").GetString() ?? outcome.GetProperty("outcome").GetString()!,
            [.. outcome.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)],
            outcome.GetProperty("eventId").GetString()
        );
    }
}

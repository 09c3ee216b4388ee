using System.Text.Json;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The deduplication key of an event at another dataset, computed from what every source stores.</summary>
public sealed class RedirectionTests : IAsyncLifetime
{
    private static readonly Redirection Elsewhere = new("99", null, TimeSpan.FromDays(7));

    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() => _service = await ServiceUnderTest.StartAsync(ServiceUnderTest.FourSources);

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData(SourceName.MParticle)]
    [InlineData(SourceName.Segment)]
    [InlineData(SourceName.RudderStack)]
    [InlineData(SourceName.CommandersAct)]
    public async Task An_event_of_any_source_and_id_gets_the_key_that_it_would_have_had_there(string source)
    {
        string[] ids = ["order-1", "ü/„2“ \" \\ <&>\u0001", new string('x', 300), "\U0001F600", "1e5", " 7 "];
        foreach (var id in ids)
        {
            var body = OddEvents.Event(source);
            var given = JsonElement.Parse(body).GetRawText();
            var number = System.Text.RegularExpressions.Regex.Match(given, "odd-[0-9]+").Value;
            var sale = given.Replace($"\"{number}\"", JsonSerializer.Serialize(id), StringComparison.Ordinal);
            var (path, key) = OddEvents.Of(source);
            using var response = await _service.PostAsync(path, OddEvents.Batch(source, sale), key);
            response.EnsureSuccessStatusCode();
        }

        _service.Outbox.Entries.Should().HaveCount(ids.Length);
        foreach (var entry in _service.Outbox.Entries)
        {
            var key = DeduplicationKey.Of(entry).EndingAt(Some.Expiry);
            var stored = new StoredEvent(entry.Delivery.Payload, entry.Delivery.ExpiresAt, key);
            var from = new Destination(entry.Connection, entry.Api, entry.Delivery.DatasetId, entry.Delivery.UploadTag);

            var there = Elsewhere.KeyOf(stored, from, Some.Now);

            var moved = entry with { Delivery = entry.Delivery with { DatasetId = "99" } };
            there.Key.Should().Be(DeduplicationKey.Of(moved).EndingAt(Some.Expiry), entry.Delivery.EventId);
        }
    }

    [Fact]
    public void A_key_of_an_earlier_version_becomes_one_of_the_connection_or_group()
    {
        var payload = """{"event_name":"Purchase","event_id":"a"}"""u8.ToArray();
        var older = DeduplicationKey.OfEveryConnection("1", "Purchase", "a");
        var from = new Destination("stores", default, "1", null);

        var alone = Elsewhere.KeyOf(new StoredEvent(payload, Some.Expiry, older), from, Some.Now);
        var grouped = (Elsewhere with { DeduplicationGroup = "shop" }).KeyOf(
            new StoredEvent(payload, Some.Expiry, older),
            from,
            Some.Now
        );

        var entry = Some.Entry("a", dataset: "99");
        alone.Key.Should().Be(DeduplicationKey.Of(entry).EndingAt(Some.Now.AddDays(7)));
        alone.Older.Should().Be(DeduplicationKey.OfEveryConnection("99", "Purchase", "a"));
        grouped
            .Key.Should()
            .Be(DeduplicationKey.Of(entry with { DeduplicationGroup = "shop" }).EndingAt(Some.Now.AddDays(7)));
    }

    [Theory]
    [InlineData("""{"event_name":"Purchase","match_keys":{}}""", true)]
    [InlineData("""{"event_name":"Purchase","event_id":"another"}""", true)]
    [InlineData("""{"event_name":"Purchase","event_id":"a"}""", false)]
    [InlineData("17", true)]
    [InlineData("not JSON", true)]
    public void A_key_is_unknown_if_the_payload_does_not_say_which(string payload, bool hasKey)
    {
        var key = hasKey ? DeduplicationKey.Of(Some.Entry("a", dataset: "1")) : DeduplicationKey.None;
        var stored = new StoredEvent(System.Text.Encoding.UTF8.GetBytes(payload), Some.Expiry, key);

        Elsewhere.KeyOf(stored, new Destination("stores", default, "1", null), Some.Now).IsKnown.Should().BeFalse();
    }
}

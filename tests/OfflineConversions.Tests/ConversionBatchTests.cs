using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests;

public sealed class ConversionBatchTests
{
    [Fact]
    public void A_batch_is_for_one_dataset_and_one_upload_tag_in_the_order_of_arrival()
    {
        var batches = ConversionBatch.Split(
            [Delivery("1", "a"), Delivery("2", "b"), Delivery("1", "c"), Delivery("1", "d", tag: "till")],
            MetaApi.ConversionsApi
        );

        batches
            .Select(batch => $"{batch.DatasetId} {batch.UploadTag}: {Ids(batch)}")
            .Should()
            .Equal("1 : a c", "2 : b", "1 till: d");
    }

    [Theory]
    [InlineData(MetaApi.ConversionsApi, 1000)]
    [InlineData(MetaApi.OfflineEvents, 2000)]
    public void A_batch_has_at_most_as_many_events_as_Meta_takes(MetaApi api, int most) =>
        ConversionBatch
            .Split(Enumerable.Range(0, most + 1).Select(_ => Delivery("1", "a")), api)
            .Select(batch => batch.Deliveries.Count)
            .Should()
            .Equal(most, 1);

    [Fact]
    public void A_batch_has_at_most_a_million_bytes_unless_a_single_event_has_more() =>
        ConversionBatch
            .Split(
                [Delivery("1", "a", 600_000), Delivery("1", "b", 600_000), Delivery("1", "c", 2_000_000)],
                MetaApi.ConversionsApi
            )
            .Select(Ids)
            .Should()
            .Equal("a", "b", "c");

    [Fact]
    public void Nothing_makes_no_batch() => ConversionBatch.Split([], MetaApi.ConversionsApi).Should().BeEmpty();

    private static string Ids(ConversionBatch batch) =>
        string.Join(' ', batch.Deliveries.Select(delivery => delivery.EventId));

    private static EventDelivery Delivery(string dataset, string id, int bytes = 2, string? tag = null) =>
        new(dataset, tag, "Purchase", id, DateTimeOffset.MaxValue, new byte[bytes]);
}

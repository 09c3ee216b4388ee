using System.Globalization;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>Events that Meta refuses among a thousand good ones, from the post to the replay.</summary>
public sealed class PoisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1, 21)]
    [InlineData(10, 151)]
    public async Task The_neighbours_of_a_poison_event_arrive_once_the_list_names_it_and_a_replay_after_mending_delivers_it(
        int poison,
        int requests
    )
    {
        await using var graph = await GraphStandIn.StartAsync();
        await using var service = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
        string[] orders =
        [
            .. Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"order-{i}")),
        ];
        string[] bad = [.. Enumerable.Range(0, poison).Select(i => orders[617 + (i * 37 % 380)])];
        foreach (var order in bad)
        {
            await graph.Received.FaultAsync(
                $$"""{ "code": 100, "subcode": 2804019, "title": "Poison", "eventId": "{{order}}" }"""
            );
        }

        // Held back, so that all of them are one batch.
        await service.OperateAsync<JsonNode>(HttpMethod.Post, "/api/connections/segment/pause");
        foreach (var hundred in orders.Chunk(100))
        {
            (await service.Http.PostOrdersAsync(hundred)).Should().BeTrue();
        }

        await service.OperateAsync<JsonNode>(HttpMethod.Post, "/api/connections/segment/resume");
        await service.ShouldBalanceOnceNothingWaitsAsync();

        (await graph.Received.AllAsync()).Select(ReceivedEvents.Id).Should().BeEquivalentTo(orders.Except(bad));
        (await graph.Received.RequestsAsync()).Should().BeLessThanOrEqualTo(requests);
        var listed = (await service.OperateAsync<JsonArray>(HttpMethod.Get, "/api/failed"))
            .Select(failed => failed!)
            .ToArray();
        listed.Select(failed => (string?)failed["eventId"]).Should().BeEquivalentTo(bad);
        listed
            .Should()
            .OnlyContain(failed =>
                (string?)failed["reason"] == "refused_by_meta"
                && (int?)failed["code"] == 100
                && (int?)failed["subcode"] == 2804019
                && (string?)failed["title"] == "Parameter missing or malformed"
                && failed["traceId"] != null
                && (int?)failed["attempts"] == 1
                && (string?)failed["datasetId"] == "2"
            );

        await graph.Received.MendAsync();
        var replayed = await service.OperateAsync<JsonNode>(
            HttpMethod.Post,
            "/api/failed/replay",
            """{"reason":"refused_by_meta"}"""
        );

        ((int?)replayed["events"]).Should().Be(poison);
        (await service.ShouldBalanceOnceNothingWaitsAsync())
            .Should()
            .Equal(
                new LedgerLine(
                    "segment",
                    Accepted: 1000,
                    Delivered: 1000,
                    Waiting: 0,
                    Failed: 0,
                    Discarded: 0,
                    Expired: 0
                )
            );
        (await graph.Received.AllAsync()).Select(ReceivedEvents.Id).Should().BeEquivalentTo(orders);
    }

    public void Dispose() => _folder.Dispose();
}

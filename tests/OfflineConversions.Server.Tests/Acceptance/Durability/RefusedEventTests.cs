using System.Globalization;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.Durability;

/// <summary>Some events among a thousand that Meta refuses, from the post to the replay.</summary>
public sealed class RefusedEventTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1, 21)]
    [InlineData(10, 151)]
    public async Task A_refused_event_is_listed_its_neighbours_arrive_once_and_a_replay_after_the_fix_delivers_it(
        int refused,
        int requests
    )
    {
        await using var graph = await SandboxGraph.StartAsync();
        await using var service = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
        string[] orders =
        [
            .. Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"order-{i}")),
        ];
        string[] refusedOrders = [.. Enumerable.Range(0, refused).Select(i => orders[617 + (i * 37 % 380)])];
        foreach (var order in refusedOrders)
        {
            await graph.Received.FaultAsync(
                $$"""{ "code": 100, "subcode": 2804019, "title": "Refused", "eventId": "{{order}}" }"""
            );
        }

        // Paused, so that all of them become one batch.
        await service.OperateAsync<JsonNode>(HttpMethod.Post, "/api/connections/segment/pause");
        foreach (var hundred in orders.Chunk(100))
        {
            (await service.Http.PostOrdersAsync(hundred)).Should().BeTrue();
        }

        await service.OperateAsync<JsonNode>(HttpMethod.Post, "/api/connections/segment/resume");
        await service.ShouldBalanceOnceNothingWaitsAsync();

        (await graph.Received.AllAsync())
            .Select(ReceivedEvents.Id)
            .Should()
            .BeEquivalentTo(orders.Except(refusedOrders));
        (await graph.Received.RequestsAsync()).Should().BeLessThanOrEqualTo(requests);
        var listed = (await service.OperateAsync<JsonArray>(HttpMethod.Get, "/api/failed"))
            .Select(failed => failed!)
            .ToArray();
        listed.Select(failed => (string?)failed["eventId"]).Should().BeEquivalentTo(refusedOrders);
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

        await graph.Received.ClearFaultsAsync();
        var replayed = await service.OperateAsync<JsonNode>(
            HttpMethod.Post,
            "/api/failed/replay",
            """{"reason":"refused_by_meta"}"""
        );

        ((int?)replayed["events"]).Should().Be(refused);
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

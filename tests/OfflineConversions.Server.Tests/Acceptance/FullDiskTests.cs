using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>A real file system that is really full.</summary>
public sealed class FullDiskTests
{
    /// <summary>The reserve takes 32 of them.</summary>
    private const int Megabytes = 64;

    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [SmallDiskFact]
    public async Task A_full_disk_answers_503_deliveries_make_room_and_events_are_taken_again_by_themselves()
    {
        using var disk = new SmallDisk(Megabytes);
        await using var graph = await GraphStandIn.StartAsync();
        await using var service = await ServiceProcess.StartAsync(disk.Folder, Settings.GraphAt(graph.Address));
        var acknowledged = new ConcurrentBag<string>();
        await service.OperateAsync<JsonNode>(HttpMethod.Post, "/api/connections/segment/pause");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => FillAsync(service, $"{caller}", acknowledged)));

        using (var ready = await service.Http.GetAsync("/readyz"))
        {
            ready.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await ready.Content.ReadAsStringAsync()).Should().Contain("disk");
        }

        // Deliveries live on the reserve: even the end of the pause has to be written.
        await service.OperateAsync<JsonNode>(HttpMethod.Post, "/api/connections/segment/resume");
        await service.ShouldBalanceOnceNothingWaitsAsync();
        var roomSince = TimeProvider.System.GetTimestamp();
        await service.UntilAsync(() => service.Http.PostOrdersAsync("afterwards"));
        TimeProvider.System.GetElapsedTime(roomSince).Should().BeLessThan(Promised);

        var books = (await service.ShouldBalanceOnceNothingWaitsAsync()).Single();
        var received = (await graph.Received.AllAsync()).Select(ReceivedEvents.Id).ToArray();
        received
            .Order()
            .Should()
            .Equal(
                acknowledged.Append("afterwards").Order(),
                "what was answered with 200 came once, what was answered with 503 was not kept"
            );
        books.Delivered.Should().Be(received.Length);
    }

    /// <summary>Posts until the disk is full.</summary>
    private static async Task FillAsync(ServiceProcess service, string caller, ConcurrentBag<string> acknowledged)
    {
        for (var i = 0; ; i++)
        {
            string[] orders = [.. Enumerable.Range(0, 200).Select(order => $"{caller}-{i}-{order}")];
            using var answer = await service.Http.SendOrdersAsync(orders);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
                answer.Headers.RetryAfter!.Delta.Should().BePositive();
                return;
            }

            Array.ForEach(orders, acknowledged.Add);
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Server.Tests.Acceptance.Durability;

/// <summary>What happens when a real file system is full.</summary>
public sealed class FullDiskTests
{
    /// <summary>The size of the disk. The reserve takes 32 MB of it.</summary>
    private const int Megabytes = 64;

    private static readonly TimeSpan PromisedRecovery = TimeSpan.FromSeconds(5);

    [SmallDiskFact]
    public async Task A_full_disk_gives_503_until_deliveries_free_space_and_then_events_are_accepted_again()
    {
        OutboxUnderTest.MustBeFile();
        using var disk = new SmallDisk(Megabytes);
        await using var graph = await SandboxGraph.StartAsync();
        await using var service = await ServiceProcess.StartAsync(disk.Folder, Settings.GraphAt(graph.Address));
        var acknowledged = new ConcurrentBag<string>();
        await service.OperateAsync<JsonNode>(HttpMethod.Post, "/api/connections/segment/pause");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => FillAsync(service, $"{caller}", acknowledged)));

        using (var ready = await service.Http.GetAsync("/readyz"))
        {
            ready.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await ready.Content.ReadAsStringAsync()).Should().Contain("disk");
        }

        // Deliveries use the reserve: even the end of the pause has to be written.
        await service.OperateAsync<JsonNode>(HttpMethod.Post, "/api/connections/segment/resume");
        await service.ShouldBalanceOnceNothingWaitsAsync();
        var resumed = TimeProvider.System.GetTimestamp();
        await service.UntilAsync(() => service.Http.PostOrdersAsync("after"));
        TimeProvider.System.GetElapsedTime(resumed).Should().BeLessThan(PromisedRecovery);

        var ledger = (await service.ShouldBalanceOnceNothingWaitsAsync()).Single();
        var received = (await graph.Received.AllAsync()).Select(ReceivedEvents.Id).ToArray();
        received
            .Order()
            .Should()
            .Equal(
                acknowledged.Append("after").Order(),
                "an event with a 200 arrives once, and an event with a 503 was not stored"
            );
        ledger.Delivered.Should().Be(received.Length);
    }

    /// <summary>Posts until the disk is full.</summary>
    private static async Task FillAsync(ServiceProcess service, string caller, ConcurrentBag<string> acknowledged)
    {
        for (var i = 0; ; i++)
        {
            string[] orders = [.. Enumerable.Range(0, 200).Select(order => $"{caller}-{i}-{order}")];
            using var response = await service.Http.SendOrdersAsync(orders);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
                response.Headers.RetryAfter!.Delta.Should().BePositive();
                return;
            }

            Array.ForEach(orders, acknowledged.Add);
        }
    }
}

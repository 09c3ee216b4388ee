using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.Durability;

/// <summary>SIGTERM: how systemd and container engines stop a service.</summary>
public sealed class ShutdownTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [PosixFact]
    public async Task A_batch_in_flight_is_finished_and_waiting_events_are_delivered_after_the_next_start()
    {
        await using var graph = await SandboxGraph.StartAsync();
        await using (
            var service = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address, maxConcurrency: 1))
        )
        {
            await graph.Received.FaultAsync("""{ "times": 1, "latency": "00:00:01.5" }""");
            await service.Http.PostOrdersAsync("in-flight");
            await graph.Received.UntilAsync(events => events.Count == 1);
            await service.Http.PostOrdersAsync("waiting-1", "waiting-2");

            service.Terminate();

            (await service.ExitAsync()).Should().Be(0, service.Output);
            (await graph.Received.AllAsync()).Should().ContainSingle();
        }

        await using var next = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
        var received = await graph.Received.UntilAsync(events => events.Count >= 3);

        // An abandoned batch would be sent a second time.
        received.Select(ReceivedEvents.Id).Should().BeEquivalentTo("in-flight", "waiting-1", "waiting-2");
    }

    [PosixFact]
    public async Task A_request_that_is_half_received_at_SIGTERM_is_still_accepted_and_answered()
    {
        await using var graph = await SandboxGraph.StartAsync();
        await using (var service = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address)))
        {
            using var connection = await RawConnection.OpenAsync(service.Address);
            var request = SegmentOrders.Request("half-received");
            await connection.SendAsync(request.AsMemory(..^50));
            await service.Http.GetStringAsync("/healthz");

            service.Terminate();
            await service.StoppingAsync();
            await connection.SendAsync(request.AsMemory(^50..));

            connection.Read().Body.Should().Be("{\"success\":true}");
            (await service.ExitAsync()).Should().Be(0, service.Output);
        }

        await using var next = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
        var received = await graph.Received.UntilAsync(events => events.Count >= 1);

        received.Select(ReceivedEvents.Id).Should().Equal("half-received");
    }

    public void Dispose() => _folder.Dispose();
}

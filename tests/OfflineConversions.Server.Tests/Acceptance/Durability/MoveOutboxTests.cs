using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Acceptance.Durability;

/// <summary>The command that moves the outbox, as an operator runs it.</summary>
public sealed class MoveOutboxTests : IDisposable
{
    private const int Orders = 1000;

    private readonly TemporaryFolder _folder = new();

    [PosixFact]
    public async Task Sales_that_wait_in_a_file_are_delivered_once_from_PostgreSQL_even_if_the_move_is_killed()
    {
        OutboxUnderTest.MustBeFile();
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var graph = await SandboxGraph.StartAsync();
        string[] orders = [.. Enumerable.Range(0, Orders).Select(i => $"order-{i}")];
        await using (var service = await ServiceProcess.StartAsync(_folder, Settings.GraphNowhere()))
        {
            foreach (var some in orders.Chunk(10))
            {
                (await service.Http.PostOrdersAsync(some)).Should().BeTrue();
            }

            await service.KillAsync();
        }

        var settings = $$"""
            "Outbox": { "Provider": "PostgreSql", "ConnectionString": "{{database}}" }, {{Settings.GraphAt(
                graph.Address
            )}}
            """;
        await using (var move = ServiceProcess.Begin(_folder, settings, "move-outbox", "--to", "PostgreSql"))
        {
            await move.UntilAsync(() => HasBegunAsync(database));
            await move.KillAsync();
        }

        var moved = await ServiceProcess.RunAsync(_folder, settings, "move-outbox", "--to", "PostgreSql");
        moved.ExitCode.Should().Be(0, moved.Output);
        moved.Output.Should().Contain($"segment: {Orders} accepted, 0 delivered, {Orders} waiting");
        await using (var service = await ServiceProcess.StartAsync(_folder, settings))
        {
            var received = await graph.Received.UntilAsync(events => events.Count >= Orders);
            received.Select(ReceivedEvents.Id).Should().BeEquivalentTo(orders);
            (await service.ShouldBalanceOnceNothingWaitsAsync()).Single().Delivered.Should().Be(Orders);
            service.Terminate();
            await service.ExitAsync();
        }

        var back = await ServiceProcess.RunAsync(_folder, settings, "move-outbox", "--to", "Sqlite");
        back.ExitCode.Should().Be(0, back.Output);
        await using var last = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
        (await last.Http.PostOrdersAsync(orders[..10])).Should().BeTrue();
        (await last.ShouldBalanceAsync()).Single().Accepted.Should().Be(Orders);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<bool> HasBegunAsync(string database) =>
        PostgresServer.AskAsync<bool>(
            database,
            "SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_name = 'move_progress')"
        );
}

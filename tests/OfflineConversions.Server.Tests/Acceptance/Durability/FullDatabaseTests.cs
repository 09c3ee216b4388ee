using System.Collections.Concurrent;
using System.Net;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Acceptance.Durability;

/// <summary>What happens when the disk of the tables in PostgreSQL is full.</summary>
public sealed class FullDatabaseTests : IDisposable
{
    private const int Megabytes = 96;
    private const int LeftForEvents = 3;

    private readonly TemporaryFolder _folder = new();

    [SmallDiskFact]
    public async Task A_full_database_gives_503_until_it_has_space_and_every_accepted_event_arrives_once()
    {
        // A server of its own: without the disk it cannot go on.
        var server = await PostgresServer.StartAsync();
        using var disk = new SmallDisk(Megabytes);
        var database = await server.CreateDatabaseAsync(disk.Folder.File("tables"));
        await using var graph = await SandboxGraph.StartAsync();
        await using var service = await ServiceProcess.StartAsync(
            _folder,
            $$"""
            "Outbox": { "Provider": "PostgreSql", "ConnectionString": "{{database}}" },
            {{Settings.GraphAt(graph.Address)}}
            """
        );
        var acknowledged = new ConcurrentBag<string>();
        var other = disk.Folder.File("something-else");
        disk.Fill(other, LeftForEvents);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => PostUntilFullAsync(service, caller, acknowledged)));

        File.Delete(other);
        await service.UntilAsync(() => service.Http.PostOrdersAsync("after"));
        var ledger = (await service.ShouldBalanceOnceNothingWaitsAsync()).Single();
        var received = (await graph.Received.AllAsync()).Select(ReceivedEvents.Id).ToArray();
        received.Order().Should().Equal(acknowledged.Append("after").Order());
        ledger.Delivered.Should().Be(received.Length);
        service.Output.Should().Contain("The database's disk is full.");
        await service.KillAsync();
        await server.CrashAsync();
    }

    public void Dispose() => _folder.Dispose();

    private static async Task PostUntilFullAsync(ServiceProcess service, int caller, ConcurrentBag<string> acknowledged)
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

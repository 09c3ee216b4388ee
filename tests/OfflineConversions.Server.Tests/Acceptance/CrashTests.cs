using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>
/// SIGKILL, and what is left afterwards. The random kills are few so that the suite stays fast; for a long run set their number:
/// <c>ACCEPTANCE_KILLS=200 dotnet test tests/OfflineConversions.Server.Tests --filter CrashTests</c>.
/// </summary>
public sealed class CrashTests : IDisposable
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("ACCEPTANCE_KILLS") ?? "3", CultureInfo.InvariantCulture);

    // The sandbox remembers 100,000 events: in a long run each life posts fewer of them.
    private static readonly TimeSpan Pause = Kills > 20 ? TimeSpan.FromMilliseconds(10) : TimeSpan.Zero;

    private readonly TemporaryFolder _folder = new();

    [PosixFact]
    public async Task Events_that_Meta_never_saw_survive_a_kill_and_are_delivered_exactly_once()
    {
        await using var graph = await GraphStandIn.StartAsync();
        string[] orders = [.. Enumerable.Range(0, 50).Select(i => $"order-{i}")];
        await using (var service = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(Unreachable())))
        {
            foreach (var ten in orders.Chunk(10))
            {
                (await service.Http.PostOrdersAsync(ten)).Should().BeTrue();
            }

            await service.KillAsync();
        }

        await using var again = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
        var received = await graph.Received.UntilAsync(events => events.Count >= orders.Length);

        received.Select(ReceivedEvents.Id).Should().BeEquivalentTo(orders);
    }

    [PosixFact]
    public async Task Nothing_that_was_acknowledged_is_lost_however_often_the_process_is_killed()
    {
        await using var graph = await GraphStandIn.StartAsync();
        var chance = new Random(20261121);
        var acknowledged = new ConcurrentBag<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var service = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 4).Select(caller => LoadAsync(service.Http, $"{kill}-{caller}", acknowledged, stop.Token)).ToArray();
            await Task.Delay(chance.Next(100, 700));
            await service.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        await using var last = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
        acknowledged.Should().NotBeEmpty();
        var received = await graph.Received.UntilAsync(events => events.Select(ReceivedEvents.Id).ToHashSet().IsSupersetOf(acknowledged));

        // What was in flight at a kill may come twice, and then byte for byte the same: Meta's deduplication sees one event.
        received.GroupBy(ReceivedEvents.Id, one => one["event"]!.ToJsonString()).Should().OnlyContain(same => same.Distinct().Count() == 1);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task LoadAsync(HttpClient http, string caller, ConcurrentBag<string> acknowledged, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                string[] ids = [$"{caller}-{i}-a", $"{caller}-{i}-b"];
                if (await http.PostOrdersAsync(ids))
                {
                    Array.ForEach(ids, acknowledged.Add);
                }

                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (HttpRequestException)
            {
                return; // killed: what was not acknowledged is the caller's to send again
            }
        }
    }

    /// <summary>An address where nobody listens.</summary>
    private static Uri Unreachable()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        return new Uri($"http://{taken.LocalEndpoint}");
    }
}

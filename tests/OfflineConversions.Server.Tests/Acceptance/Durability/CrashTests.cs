using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Outbox;
using Xunit.Abstractions;

namespace OfflineConversions.Server.Tests.Acceptance.Durability;

/// <summary>
/// SIGKILL, and what survives it. For a long run, set the number of kills:
/// <c>ACCEPTANCE_KILLS=200 dotnet test tests/OfflineConversions.Server.Tests -c Release --filter CrashTests --logger
/// "console;verbosity=detailed"</c>.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private const int MaxConcurrency = 4;

    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("ACCEPTANCE_KILLS") ?? "20",
        CultureInfo.InvariantCulture
    );

    private readonly TemporaryFolder _folder = new();

    [PosixFact]
    public async Task Events_that_were_not_sent_survive_a_kill_and_are_delivered_exactly_once()
    {
        await using var graph = await SandboxGraph.StartAsync();
        string[] orders = [.. Enumerable.Range(0, 50).Select(i => $"order-{i}")];
        await using (var service = await ServiceProcess.StartAsync(_folder, Settings.GraphNowhere()))
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
        (await again.ShouldBalanceOnceNothingWaitsAsync()).Single().Delivered.Should().Be(orders.Length);
    }

    [PosixFact]
    public async Task No_acknowledged_event_is_lost_however_often_the_process_is_killed()
    {
        await using var graph = await SandboxGraph.StartAsync();
        var random = new Random(20261121);
        var acknowledged = new ConcurrentBag<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var service = await ServiceProcess.StartAsync(_folder, SettingsOf(kill, graph));
            using var stop = new CancellationTokenSource();
            var killed = false;
            var load = Enumerable
                .Range(0, 4)
                .Select(caller =>
                    LoadAsync(
                        service.Http,
                        $"{kill}-{caller}",
                        acknowledged,
                        () => Volatile.Read(ref killed),
                        stop.Token
                    )
                )
                .ToArray();
            var before = acknowledged.Count;
            await service.UntilAsync(() => Task.FromResult(acknowledged.Count > before));
            await Task.Delay(random.Next(0, 300));
            Volatile.Write(ref killed, true);
            await service.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        await using var last = await ServiceProcess.StartAsync(_folder, SettingsOf(Kills, graph));
        var ledger = (await last.ShouldBalanceOnceNothingWaitsAsync()).Single();
        var sent = await graph.Received.AllAsync();

        var arrived = sent.Select(ReceivedEvents.Id).ToHashSet();
        acknowledged.Should().NotBeEmpty();
        var lost = acknowledged.Where(id => !arrived.Contains(id)).ToArray();
        lost.Should().BeEmpty();
        ledger
            .Delivered.Should()
            .Be(arrived.Count, "Meta received exactly what was accepted, even where the response came too late");

        // What was in flight at a kill may be sent twice, with the same bytes, so that Meta deduplicates it.
        sent.GroupBy(ReceivedEvents.Id, one => one["event"]!.ToJsonString())
            .Should()
            .OnlyContain(same => same.Distinct().Count() == 1);
        var repeated = Repeated(sent, await graph.Received.TokensAsync());
        repeated
            .Should()
            .NotContain(again => again.FirstLife >= again.SecondLife, "without a kill nothing is sent twice");
        var perKill = repeated
            .GroupBy(again => again.FirstLife, again => again.FirstRequest)
            .Select(requests => requests.Distinct().Count())
            .ToArray();
        perKill.Should().NotContain(requests => requests > MaxConcurrency, "only requests in flight are repeated");
        output.WriteLine(
            $"{Kills} kills, {acknowledged.Count} acknowledged, {ledger.Accepted} accepted, {lost.Length} lost, "
                + $"{repeated.Count} sent twice from {perKill.Sum()} requests in flight, "
                + $"at most {perKill.DefaultIfEmpty().Max()} at one kill, every repeat byte for byte the same"
        );
    }

    public void Dispose() => _folder.Dispose();

    private static async Task LoadAsync(
        HttpClient http,
        string caller,
        ConcurrentBag<string> acknowledged,
        Func<bool> killed,
        CancellationToken stop
    )
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

                await Task.Delay(10, CancellationToken.None);
            }
            catch (Exception failure) when (killed() && (failure is HttpRequestException or SocketException))
            {
                // The caller repeats what was not acknowledged. A connection that ends while it is being opened throws
                // a SocketException.
                return;
            }
        }
    }

    /// <summary>Each life has its own token, so that a request shows which process sent it.</summary>
    private static string SettingsOf(int life, SandboxGraph graph) =>
        Settings.GraphAt(graph.Address, MaxConcurrency).Replace("t0ken", TokenOf(life), StringComparison.Ordinal);

    private static string TokenOf(int life) => string.Create(CultureInfo.InvariantCulture, $"life-{life}");

    /// <summary>Every event that was sent again, with the lives of both requests.</summary>
    private static List<Repeat> Repeated(IEnumerable<JsonNode> sent, IReadOnlyDictionary<long, string> tokens)
    {
        var lives = Enumerable
            .Range(0, Kills + 1)
            .ToDictionary(life =>
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TokenOf(life))))[..12]
            );
        return
        [
            .. sent.GroupBy(ReceivedEvents.Id, one => one["requestId"]!.GetValue<long>())
                .SelectMany(requests =>
                    requests.Zip(requests.Skip(1), (first, second) =>
                        new Repeat(first, lives[tokens[first]], lives[tokens[second]])
                    )
                ),
        ];
    }

    /// <param name="FirstRequest">The request that sent the event first.</param>
    /// <param name="FirstLife">The process that sent that request.</param>
    /// <param name="SecondLife">The process that sent the event again.</param>
    private sealed record Repeat(long FirstRequest, int FirstLife, int SecondLife);
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Outbox;
using Xunit.Abstractions;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>
/// SIGKILL, and what is left afterwards. For a long run set the number of kills:
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
    public async Task Events_that_Meta_never_saw_survive_a_kill_and_are_delivered_exactly_once()
    {
        await using var graph = await GraphStandIn.StartAsync();
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
    public async Task Nothing_that_was_acknowledged_is_lost_however_often_the_process_is_killed()
    {
        await using var graph = await GraphStandIn.StartAsync();
        var chance = new Random(20261121);
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
            await Task.Delay(chance.Next(0, 300));
            Volatile.Write(ref killed, true);
            await service.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        await using var last = await ServiceProcess.StartAsync(_folder, SettingsOf(Kills, graph));
        var books = (await last.ShouldBalanceOnceNothingWaitsAsync()).Single();
        var sent = await graph.Received.AllAsync();

        var arrived = sent.Select(ReceivedEvents.Id).ToHashSet();
        acknowledged.Should().NotBeEmpty();
        var lost = acknowledged.Where(id => !arrived.Contains(id)).ToArray();
        lost.Should().BeEmpty();
        books.Delivered.Should().Be(arrived.Count, "what came to Meta is what was accepted, answered in time or not");

        // What was in flight at a kill may come twice, and then byte for byte the same: Meta's deduplication sees one
        // event.
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
        perKill.Should().NotContain(requests => requests > MaxConcurrency, "only what was in flight");
        output.WriteLine(
            $"{Kills} kills, {acknowledged.Count} acknowledged, {books.Accepted} accepted, {lost.Length} lost, {repeated.Count} sent twice from {perKill.Sum()} requests in flight, at most {perKill.DefaultIfEmpty().Max()} at one kill, every repeat byte for byte the same"
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
                return; // What was not acknowledged is the caller's to send again. A connection that ends while it is opened shows the socket's own exception.
            }
        }
    }

    /// <summary>Each life has a token of its own: what a request says of it tells which process sent it.</summary>
    private static string SettingsOf(int life, GraphStandIn graph) =>
        Settings.GraphAt(graph.Address, MaxConcurrency).Replace("t0ken", TokenOf(life), StringComparison.Ordinal);

    private static string TokenOf(int life) => string.Create(CultureInfo.InvariantCulture, $"life-{life}");

    /// <summary>Each sending of an event that had been sent before, with the lives it was sent in.</summary>
    private static List<(long FirstRequest, int FirstLife, int SecondLife)> Repeated(
        IEnumerable<JsonNode> sent,
        IReadOnlyDictionary<long, string> tokens
    )
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
                        (first, lives[tokens[first]], lives[tokens[second]])
                    )
                ),
        ];
    }
}

using System.Collections.Concurrent;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>Several replicas on one database.</summary>
public sealed partial class PostgresReplicasTests : IAsyncLifetime
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly AdjustableTime _clock = new(Some.Now);
    private readonly List<PostgresOutbox> _replicas = [];
    private string _database = "";

    public async Task InitializeAsync() => _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task Replicas_that_start_at_the_same_time_create_the_tables_once()
    {
        var replicas = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync()));

        replicas.Should().OnlyContain(replica => replica.Health.Ready);
        foreach (var (index, replica) in replicas.Index())
        {
            await replica.AppendAsync([Some.Entry($"{index}")], default);
        }

        (await replicas[0].LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 4, 0, 4, 0, 0, 0));
    }

    [Fact]
    public async Task Of_one_delivery_that_reaches_every_replica_at_once_one_is_stored()
    {
        PostgresOutbox[] replicas = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        var ids = Enumerable.Range(0, 300).ToArray();

        var stored = await Task.WhenAll(
            replicas.SelectMany(
                (replica, seed) =>
                    Shuffled(ids, seed)
                        .Chunk(10)
                        .Select(async some =>
                            (
                                await replica.AppendAsync([.. some.Select(id => Some.Entry($"{id}"))], default)
                            ).Stored.Count(isStored => isStored)
                        )
            )
        );

        stored.Sum().Should().Be(300);
        (await replicas[1].LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 300, 0, 300, 0, 0, 0));
        (await LeaseAllAsync(replicas[2])).Texts().Should().HaveCount(300).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task No_two_replicas_lease_the_same_chunk_and_every_chunk_is_leased()
    {
        PostgresOutbox[] replicas = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        for (var call = 0; call < 60; call++)
        {
            await replicas[call % 3].AppendAsync(Some.Entries(5, $"{call}-"), default);
        }

        var sent = new ConcurrentBag<string>();
        await Task.WhenAll(
            replicas.Select(replica =>
                Task.Run(async () =>
                {
                    while (
                        await replica.LeaseAsync(new LeaseRequest("stores", 20, 100_000), default)
                            is { Count: > 0 } chunks
                    )
                    {
                        Array.ForEach(chunks.Texts(), sent.Add);
                        await replica.SettleAsync([.. chunks.Select(ChunkSettlement.Delivered)], default);
                    }
                })
            )
        );

        sent.Should().HaveCount(300).And.OnlyHaveUniqueItems();
        (await replicas[0].LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 300, 300, 0, 0, 0, 0));
    }

    [Fact]
    public async Task What_a_killed_replica_was_sending_another_one_sends_after_the_lease_and_a_late_result_is_refused()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        await first.AppendAsync(Some.Entries(3), default);
        var before = (await first.LeaseAsync(Everything, default)).Single();

        (await second.LeaseAsync(Everything, default)).Should().BeEmpty("the first one has it");
        _clock.Advance(second.LeaseDuration);
        var after = (await second.LeaseAsync(Everything, default)).Single();

        after.Texts().Should().Equal(before.Texts());
        (await first.SettleAsync([ChunkSettlement.Delivered(before)], default))
            .Should()
            .Equal(SettlementStatus.LeaseLost);
        (await first.RenewAsync([before], default)).Should().Equal((Lease?)null);
        (await second.SettleAsync([ChunkSettlement.Delivered(after)], default))
            .Should()
            .Equal(SettlementStatus.Settled);
        (await first.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 3, 3, 0, 0, 0, 0));
    }

    [Fact]
    public async Task A_replica_that_stops_returns_what_it_was_about_to_send_at_once()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        await first.AppendAsync(Some.Entries(3), default);
        await first.LeaseAsync(Everything, default);

        await first.DisposeAsync();

        (await second.LeaseAsync(Everything, default)).Should().ContainSingle();
    }

    [Fact]
    public async Task Replicas_killed_at_random_lose_nothing_and_the_ledger_is_exact()
    {
        var random = new Random(16);
        var (accepted, next) = (0, 0);
        var replicas = new List<PostgresOutbox> { await OpenAsync(), await OpenAsync(), await OpenAsync() };
        for (var round = 0; round < 60; round++)
        {
            var replica = replicas[random.Next(replicas.Count)];
            switch (random.Next(4))
            {
                case 0:
                    var entries = Enumerable
                        .Range(next, random.Next(1, 30))
                        .Select(id => Some.Entry($"{id}"))
                        .ToArray();
                    next += entries.Length;
                    accepted += (await replica.AppendAsync(entries, default)).Stored.Count(stored => stored);
                    break;
                case 1:
                    await replica.LeaseAsync(new LeaseRequest("stores", 20, 100_000), default);
                    break;
                case 2:
                    var chunks = await replica.LeaseAsync(new LeaseRequest("stores", 20, 100_000), default);
                    await replica.SettleAsync([.. chunks.Select(ChunkSettlement.Delivered)], default);
                    break;
                default:
                    await replica.AbandonAsync();
                    replicas.Remove(replica);
                    replicas.Add(await OpenAsync());
                    break;
            }
        }

        _clock.Advance(Hour);
        var left = (await LeaseAllAsync(replicas[0])).Texts();
        left.Should().OnlyHaveUniqueItems();
        var line = (await replicas[1].LedgerAsync(default)).Single();
        line.Accepted.Should().Be(accepted).And.Be(next);
        line.Waiting.Should().Be(left.Length);
        (line.Delivered + line.Waiting).Should().Be(accepted);
    }

    [Fact]
    public async Task Pauses_halts_and_their_probes_are_the_same_for_every_replica()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        var scope = new HaltScope("stores", "1");

        await first.SetPausedAsync("web", true, default);
        (await first.HaltAsync(scope, "permission_denied", TimeSpan.Zero, default)).IsNew.Should().BeTrue();

        (await second.PausedAsync(default)).Should().ContainSingle();
        (await second.HaltAsync(scope, "permission_denied", TimeSpan.Zero, default)).IsNew.Should().BeFalse();
        var probes = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(at => (at % 2 == 0 ? first : second).TryProbeAsync(scope, Hour, default).AsTask())
        );
        probes.Count(isGranted => isGranted).Should().Be(1, "a probe is sent once, not once per replica");
        (await second.EndHaltAsync(scope, default)).Should().BeTrue();
        (await first.HaltsAsync(default)).Should().BeEmpty();
    }

    private async Task<PostgresOutbox> OpenAsync()
    {
        var replica = await Replica.OpenAsync(_database, _clock);
        lock (_replicas)
        {
            _replicas.Add(replica);
        }

        return replica;
    }

    private static async Task<List<Chunk>> LeaseAllAsync(PostgresOutbox replica)
    {
        var all = new List<Chunk>();
        while (await replica.LeaseAsync(Everything, default) is { Count: > 0 } chunks)
        {
            all.AddRange(chunks);
        }

        return all;
    }

    private static int[] Shuffled(int[] ids, int seed)
    {
        var shuffled = ids.ToArray();
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}

using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>The tables stay as small as what they hold.</summary>
public sealed class PostgresUpkeepTests : IAsyncLifetime
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    private readonly AdjustableTime _clock = new(Some.Now);
    private string _database = "";
    private PostgresOutbox _outbox = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _outbox = await Replica.OpenAsync(_database, _clock);
    }

    public async Task DisposeAsync()
    {
        if (_outbox is not null)
        {
            await _outbox.DisposeAsync();
        }
    }

    [Fact]
    public async Task Bodies_are_dropped_by_the_hour_and_a_chunk_that_waits_longer_moves_on()
    {
        for (var call = 0; call < 10; call++)
        {
            await _outbox.AppendAsync([Some.Entry($"{call}")], default);
        }

        var chunks = await _outbox.LeaseAsync(Everything, default);
        await _outbox.SettleAsync(
            [
                ChunkSettlement.Deferred(chunks[0], _clock.GetUtcNow().AddDays(1)),
                .. chunks.Skip(1).Select(ChunkSettlement.Delivered),
            ],
            default
        );

        await EventuallyAsync("SELECT count(*) FROM pg_class WHERE relname = 'bodies_1'", 0, TimeSpan.FromMinutes(20));

        _clock.Advance(TimeSpan.FromDays(2));
        (await _outbox.LeaseAsync(Everything, default)).Texts().Should().Equal(chunks[0].Texts());
    }

    [Fact]
    public async Task The_next_partition_exists_before_it_is_needed_and_the_sizes_are_known()
    {
        await _outbox.AppendAsync(Some.Entries(5), default);
        const string Partitions =
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'offlineconversions.bodies'::regclass";
        await EventuallyAsync(Partitions, 3, TimeSpan.FromSeconds(30));
        _clock.Advance(TimeSpan.FromMinutes(1));

        var use = await _outbox.DatabaseUseAsync(default);
        use!.Partitions.Should().Be(new PartitionUse(Filled: 1, Ahead: 1, use.Partitions.Oldest));
        use.Partitions.Oldest.Should().BePositive();
        use.Connections["active"].Should().BePositive();
        var tables = use.Tables.ToDictionary(table => table.Name);
        tables.Keys.Should().Contain(["work", "bodies", "tasks"]).And.NotContain(name => name.StartsWith("bodies_"));
        tables["bodies"].TableBytes.Should().BePositive();
        tables["deduplication_keys"].IndexBytes.Should().BePositive();
    }

    [Fact]
    public async Task Keys_that_have_ended_and_changes_of_the_ledger_that_were_added_up_are_removed()
    {
        await _outbox.AppendAsync(
            [.. Enumerable.Range(0, 3000).Select(id => Some.Entry($"{id}", window: TimeSpan.FromHours(1)))],
            default
        );
        _clock.Advance(TimeSpan.FromHours(1));

        await EventuallyAsync("SELECT count(*) FROM offlineconversions.deduplication_keys", 0, TimeSpan.FromSeconds(1));
        await EventuallyAsync("SELECT count(*) FROM offlineconversions.ledger_deltas", 0, TimeSpan.FromSeconds(1));
        (await _outbox.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 3000, 0, 3000, 0, 0, 0));
    }

    [Fact]
    public async Task The_failed_list_forgets_after_its_retention_and_counts_it_as_expired()
    {
        await _outbox.AppendAsync([Some.Entry("a")], default);
        var chunk = (await _outbox.LeaseAsync(Everything, default)).Single();
        await _outbox.SettleAsync([new ChunkSettlement(chunk, [], default, [new Burial(0, "x")])], default);
        _clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(1));

        await EventuallyAsync("SELECT count(*) FROM offlineconversions.failed", 0, TimeSpan.FromSeconds(1));

        (await _outbox.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 1, 0, 0, 0, 0, 1));
    }

    [Fact]
    public async Task Many_destinations_without_events_are_forgotten_and_return_with_their_next_event()
    {
        await _outbox.AppendAsync(
            [.. Enumerable.Range(0, 600).Select(each => Some.Entry($"{each}", uploadTag: $"tag {each}"))],
            default
        );
        while (await _outbox.LeaseAsync(Everything, default) is { Count: > 0 } chunks)
        {
            await _outbox.SettleAsync([.. chunks.Select(ChunkSettlement.Delivered)], default);
        }

        await EventuallyAsync("SELECT count(*) FROM offlineconversions.destinations", 0, TimeSpan.FromMinutes(2));
        await _outbox.AppendAsync([Some.Entry("again", uploadTag: "tag 7")], default);

        (await _outbox.LeaseAsync(Everything, default)).Single().Destination.UploadTag.Should().Be("tag 7");
    }

    [Fact]
    public async Task A_damaged_body_moves_to_the_failed_list_and_its_neighbours_are_sent()
    {
        await _outbox.AppendAsync(Some.Entries(3, "bad"), default);
        await _outbox.AppendAsync(Some.Entries(2, "good"), default);
        await PostgresServer.ExecuteAsync(
            _database,
            """
            UPDATE offlineconversions.bodies SET content = set_byte(content, 20, 1)
            WHERE id = (SELECT min(id) FROM offlineconversions.bodies)
            """
        );

        var buried = new List<DamagedEvents>();
        _outbox.WhenBuried = buried.Add;

        (await _outbox.LeaseAsync(Everything, default)).Texts().Should().HaveCount(2);

        buried.Should().Equal(new DamagedEvents("stores", "1001", 3));
        var failed = await _outbox.FailedAsync(new FailedQuery(), default);
        failed.Should().HaveCount(3).And.OnlyContain(one => one.Burial.Reason == "unreadable");
        (await _outbox.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 5, 0, 2, 3, 0, 0));
    }

    /// <summary>Moves the clock until a count is reached.</summary>
    private async Task EventuallyAsync(string count, long expected, TimeSpan step)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await PostgresServer.AskAsync<long>(_database, count) != expected)
        {
            _clock.Advance(step);
            await Task.Delay(20, patience.Token);
        }
    }
}

using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

public partial class SqliteOutboxTests : OutboxContract
{
    private readonly TemporaryFolder _folder = new();

    private protected virtual bool Encrypt => false;

    private string File => _folder.File("shop/outbox.db");

    private SqliteOutbox Sqlite => (SqliteOutbox)Outbox;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override Task<IOutboxStore> OpenAsync() => Task.FromResult<IOutboxStore>(Open(File));

    private SqliteOutbox Open(string file, long maxPendingCommitBytes = 64 * 1024 * 1024) =>
        new(
            new OutboxOptions
            {
                Path = file,
                Encrypt = Encrypt,
                KeyDirectory = _folder.File("keys"),
                MaxPendingCommitBytes = maxPendingCommitBytes,
            },
            Clock,
            NullLogger<SqliteOutbox>.Instance,
            longestWait: LongestWait
        );

    private protected override async Task TakeOlderKeyAsync(EventDelivery delivery, DateTimeOffset end)
    {
        OlderKeys.Take(File, delivery, end);
        await RestartAsync();
    }

    [Fact]
    public async Task Success_is_returned_only_after_the_commit_that_holds_the_event_is_on_disk()
    {
        await Append(Some.Entry("a"));

        await using var copy = Open(CopyAsAfterKill());
        (await copy.LeaseAsync(new LeaseRequest("stores", 1, 1), default)).Texts().Should().Equal("""{"n":"a"}""");
        Ask("PRAGMA synchronous").Should().Be("2");
        Ask("PRAGMA journal_mode").Should().Be("wal");
    }

    [Fact]
    public async Task An_event_leaves_only_when_Meta_accepted_it_or_it_moves_to_the_failed_list_with_a_reason()
    {
        await Append(Some.Entries(6));
        var chunk = (await Lease()).Single();
        await Settle(new ChunkSettlement(chunk, [0, 1, 2], Clock.GetUtcNow(), [new Burial(5, "rejected_by_meta")]));

        (await Sqlite.LedgerAsync(default))
            .Should()
            .Equal(
                new LedgerLine("stores", Accepted: 6, Delivered: 2, Waiting: 3, Failed: 1, Discarded: 0, Expired: 0)
            );
        (await Lease()).Texts().Should().HaveCount(3);
        (await Outbox.FailedAsync(new FailedQuery(), default)).Single().Burial.Reason.Should().Be("rejected_by_meta");
    }

    [Fact]
    public async Task Destinations_without_events_are_forgotten_beyond_a_few_and_return_with_their_next_event()
    {
        await Append([.. Enumerable.Range(0, 500).Select(each => Some.Entry($"{each}", uploadTag: $"tag {each}"))]);
        var waiting = await LeaseAllAsync();
        waiting.Should().HaveCount(500);
        await Settle([.. waiting.Skip(1).Select(ChunkSettlement.Delivered)]);
        await Files.Eventually(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return long.Parse(Ask("SELECT count(*) FROM destinations"), CultureInfo.InvariantCulture) <= 200;
        });
        await Settle(ChunkSettlement.Deferred(waiting[0], Clock.GetUtcNow()));
        await Append(Some.Entry("again", uploadTag: "tag 7"));

        (await LeaseAllAsync())
            .Select(chunk => (chunk.Destination.UploadTag, chunk.Texts().Single()))
            .Should()
            .BeEquivalentTo([
                (waiting[0].Destination.UploadTag, waiting[0].Texts().Single()),
                ("tag 7", """{"n":"again"}"""),
            ]);
    }

    private async Task<List<Chunk>> LeaseAllAsync()
    {
        var all = new List<Chunk>();
        while (await Lease() is { Count: > 0 } chunks)
        {
            all.AddRange(chunks);
        }

        return all;
    }

    [Fact]
    public async Task A_crash_resends_at_most_the_chunks_in_flight_byte_for_byte()
    {
        await Append(Some.Entry("delivered"));
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        await Append(Some.Entry("in flight"), Some.Entry("beside it"));
        var inFlight = await Lease();

        await using var afterCrash = Open(CopyAsAfterKill());

        var again = await afterCrash.LeaseAsync(new LeaseRequest("stores", 100, 100_000), default);
        again.Texts().Should().Equal(inFlight.Texts());
        (await afterCrash.LedgerAsync(default)).Should().Equal(await Sqlite.LedgerAsync(default));
    }

    [Fact]
    public async Task Concurrent_calls_share_a_commit()
    {
        var before = Sqlite.Commits;
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Append(Some.Entry($"{i}")).AsTask()));

        (Sqlite.Commits - before).Should().BeLessThan(250);
        (await Lease())
            .Should()
            .HaveCount((int)(Sqlite.Commits - before), "what one commit holds for one destination is one chunk");
    }

    [Fact]
    public async Task A_defect_in_one_call_does_not_fail_its_neighbours()
    {
        var broken = Some.Entry("bad") with { DeduplicationWindow = TimeSpan.MaxValue };
        var calls = Enumerable
            .Range(0, 50)
            .Select(i => Append(i == 25 ? broken : Some.Entry($"{i}")).AsTask())
            .ToArray();

        await FluentActions.Awaiting(() => calls[25]).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Task.WhenAll(calls.Where((_, i) => i != 25));
        (await Lease()).Texts().Should().HaveCount(49).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Expired_keys_are_forgotten_while_no_event_arrives()
    {
        await Append(
            Enumerable.Range(0, 3000).Select(i => Some.Entry($"{i}", window: TimeSpan.FromHours(1))).ToArray()
        );
        Clock.Advance(TimeSpan.FromHours(1));

        await Files.Eventually(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Ask("SELECT count(*) FROM taken_keys") == "0";
        });
    }

    [Fact]
    public async Task The_failed_list_forgets_after_its_retention_and_counts_it_as_expired()
    {
        await BuryAsync("a");
        Clock.Advance(TimeSpan.FromDays(29));
        await BuryAsync("b");
        Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));

        await Files.Eventually(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Ask("SELECT count(*) FROM failed") == "1";
        });

        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 0, 1, 0, 1));
    }

    [Theory]
    [InlineData(24 * 40)]
    [InlineData(24 * 100)]
    [InlineData(24 * -100)]
    public async Task The_failed_list_is_not_emptied_by_a_jump_of_the_clock(int hours)
    {
        await BuryAsync("a");
        foreach (var jump in new[] { hours, -hours })
        {
            Clock.Set(Clock.GetUtcNow().AddHours(jump));
            Clock.Advance(TimeSpan.FromSeconds(1));

            // The writer commits the first and then does its upkeep, before it takes the second.
            await Append(Some.Entry("b", window: TimeSpan.Zero));
            await Append(Some.Entry("c", window: TimeSpan.Zero));
        }

        (await Outbox.FailedAsync(new FailedQuery(), default)).Should().ContainSingle();
        (await Append(Some.Entry("a"))).Stored.Should().Equal(true);
    }

    private static OutboxEntry Large(string id) => Some.Entry(id, payload: new string('x', 400_000));

    /// <summary>The files as the kernel has them: what a process that is killed this moment leaves behind.</summary>
    private string CopyAsAfterKill()
    {
        var copy = _folder.File($"killed-{Guid.NewGuid():N}.db");
        foreach (var suffix in new[] { string.Empty, "-wal" })
        {
            System.IO.File.WriteAllBytes(copy + suffix, Files.Read(File + suffix));
        }

        return copy;
    }

    private string Ask(string sql)
    {
        if (sql is "PRAGMA synchronous" or "PRAGMA temp_store")
        {
            using var statement = new Statement(Sqlite.WriteConnection, sql);
            return $"{statement.Scalar()}";
        }

        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return $"{command.ExecuteScalar()}";
    }
}

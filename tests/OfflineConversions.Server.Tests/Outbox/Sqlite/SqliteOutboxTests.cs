using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

public class SqliteOutboxTests : OutboxContract
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
            NullLogger<SqliteOutbox>.Instance
        );

    [Fact]
    public async Task Success_is_answered_only_after_the_commit_that_holds_the_event_is_on_disk()
    {
        await Append(Some.Entry("a"));

        await using var copy = Open(CopyAsAfterKill());
        (await copy.LeaseAsync(new LeaseRequest("stores", 1, 1), default)).Texts().Should().Equal("""{"n":"a"}""");
        Ask("PRAGMA synchronous").Should().Be("2");
        Ask("PRAGMA journal_mode").Should().Be("wal");
    }

    [Fact]
    public async Task An_event_leaves_only_when_Meta_took_it_or_it_moves_to_the_failed_list_with_a_reason()
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
    public async Task Destinations_that_nothing_is_on_its_way_to_are_forgotten_beyond_a_few_and_come_back_with_their_next_event()
    {
        await Append([.. Enumerable.Range(0, 500).Select(each => Some.Entry($"{each}", uploadTag: $"tag {each}"))]);
        var waiting = await LeaseAllAsync();
        waiting.Should().HaveCount(500);
        await Settle([.. waiting.Skip(1).Select(ChunkSettlement.Delivered)]);
        await Eventually(() =>
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
    public async Task A_full_disk_refuses_events_keeps_serving_deliveries_and_the_outbox_recovers_by_itself()
    {
        await Append(Large("first"));
        FillDisk();

        var refused = await Append(Large("second"));

        refused.Status.Should().Be(AppendStatus.Unavailable);
        refused.RetryAfter.Should().BePositive();
        Outbox.Health.Should().Be(new OutboxHealth(false, "The disk is full."));
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));

        Clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually(() => Outbox.Health.Ready);
        (await Append(Large("second"))).Stored.Should().Equal([true], "the key of a refused event must not stay");
        (await Sqlite.ShouldBalanceAsync()).Single().Accepted.Should().Be(2);
    }

    [Fact]
    public async Task While_the_disk_is_full_its_last_room_belongs_to_deliveries()
    {
        FillDisk();
        (await Append(Large("a"))).Status.Should().Be(AppendStatus.Unavailable);
        System.IO.File.Exists(File + ".reserve").Should().BeFalse();
        FreeDisk();
        (await Append(Some.Entry("small"))).Status.Should().Be(AppendStatus.Unavailable);

        Clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually(() => Outbox.Health.Ready);
        System.IO.File.Exists(File + ".reserve").Should().BeTrue();
        (await Append(Large("a"))).Status.Should().Be(AppendStatus.Stored);
    }

    [Fact]
    public async Task A_settlement_the_disk_does_not_take_waits_until_it_does()
    {
        await Append(Large("a"), Large("b"));
        FillDisk();
        var burials = new[] { new Burial(0, "x", Title: new string('t', 400_000)) };
        var settle = Settle(new ChunkSettlement((await Lease()).Single(), [1], Clock.GetUtcNow(), burials)).AsTask();
        await Eventually(() => !Outbox.Health.Ready);
        settle.IsCompleted.Should().BeFalse();

        FreeDisk();
        Clock.Advance(TimeSpan.FromSeconds(1));

        await settle;
        (await Lease()).Single().Events.Should().ContainSingle();
        (await Outbox.FailedAsync(new FailedQuery(), default)).Should().ContainSingle();
    }

    [Fact]
    public async Task The_files_hold_digests_of_event_names_and_ids_and_nothing_temporary()
    {
        await Append(Some.Entry("jane.doe@example.com", eventName: "Order of Jane Doe", payload: "{}"));

        foreach (
            var file in Directory
                .GetFiles(Path.GetDirectoryName(File)!, "outbox.db*")
                .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
        )
        {
            Encoding.Latin1.GetString(Read(file)).Should().NotContain("jane.doe").And.NotContain("Jane Doe");
        }

        Ask("PRAGMA temp_store").Should().Be("2");
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
    public async Task More_bytes_than_may_wait_for_a_commit_are_refused_at_once()
    {
        await using var small = Open(_folder.File("small.db"), maxPendingCommitBytes: 100);
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 300)
                .Select(i => small.AppendAsync([Some.Entry($"{i}", payload: new string('x', 80))], default).AsTask())
        );

        results
            .Should()
            .Contain(result => result.Status == AppendStatus.Unavailable && result.RetryAfter > TimeSpan.Zero);
        var stored = results.Count(result => result.Status == AppendStatus.Stored);
        stored.Should().BePositive();
        (await small.BacklogAsync(default)).Single().Events.Should().Be(stored);
        small.Health.Ready.Should().BeTrue();
    }

    [Fact]
    public async Task Expired_keys_are_forgotten_while_nothing_comes_in()
    {
        await Append(
            Enumerable.Range(0, 3000).Select(i => Some.Entry($"{i}", window: TimeSpan.FromHours(1))).ToArray()
        );
        Clock.Advance(TimeSpan.FromHours(1));

        await Eventually(() =>
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

        await Eventually(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Ask("SELECT count(*) FROM failed") == "1";
        });

        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 0, 1, 0, 1));
    }

    [Fact]
    public async Task A_file_of_the_first_version_keeps_its_failed_events()
    {
        if (Encrypt)
        {
            return; // It had nothing encrypted.
        }

        await BuryAsync("a");
        await Outbox.DisposeAsync();
        Ask(
            "DROP TABLE halts; ALTER TABLE chunks DROP COLUMN format; ALTER TABLE failed DROP COLUMN format; UPDATE "
                + "failed SET payload = CAST('{\"n\":\"a\"}' AS BLOB); DROP TABLE taken_keys; CREATE TABLE "
                + "deduplication_keys (key BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID; DROP "
                + "TABLE paused; DROP INDEX failed_age; ALTER TABLE failed DROP COLUMN expires_at; ALTER TABLE failed "
                + "DROP COLUMN closed; ALTER TABLE chunks DROP COLUMN closed; DROP TABLE payload_keys; DROP TABLE "
                + "suppressed; ALTER TABLE ledger DROP COLUMN delivered_at; PRAGMA user_version = 1"
        );

        await RestartAsync();

        (await Outbox.ResolveFailedAsync(new FailedSelection(), Resolution.Replay, default)).Should().Be(1);
        (await Lease())
            .Single()
            .Events.Single()
            .ExpiresAt.Should()
            .Be(DateTimeOffset.UnixEpoch, "then only the payload tells");
    }

    [Fact]
    public async Task The_file_gives_space_back_once_its_events_are_gone()
    {
        for (var i = 0; i < 30; i++)
        {
            await Append(Large($"{i}"));
        }

        var full = Pages();
        await Settle((await Lease()).Select(ChunkSettlement.Delivered).ToArray());

        await Eventually(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Pages() < full - 1500;
        });
    }

    [Fact]
    public void A_second_process_on_the_same_file_is_turned_away_with_the_path()
    {
        FluentActions.Invoking(() => Open(File)).Should().Throw<InvalidOperationException>().WithMessage($"*{File}*");
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_left_alone()
    {
        await Outbox.DisposeAsync();
        Ask("PRAGMA user_version = 99");

        FluentActions
            .Invoking(() => Open(File))
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage("*newer version*99*");
        Ask("PRAGMA user_version").Should().Be("99");
    }

    [Fact]
    public void Nobody_else_may_read_the_folder_or_its_files()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Path.GetDirectoryName(File)!;
        System
            .IO.File.GetUnixFileMode(folder)
            .Should()
            .Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = Directory.GetFiles(folder);
        files.Should().HaveCountGreaterThan(2);
        foreach (var file in files)
        {
            System.IO.File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    private static OutboxEntry Large(string id) => Some.Entry(id, payload: new string('x', 400_000));

    /// <summary>The files as the kernel has them: what a process that is killed this moment leaves behind.</summary>
    private string CopyAsAfterKill()
    {
        var copy = _folder.File($"killed-{Guid.NewGuid():N}.db");
        foreach (var suffix in new[] { string.Empty, "-wal" })
        {
            System.IO.File.WriteAllBytes(copy + suffix, Read(File + suffix));
        }

        return copy;
    }

    private long Pages() => long.Parse(Ask("PRAGMA page_count"), CultureInfo.InvariantCulture);

    private void FillDisk() => Run("PRAGMA max_page_count = 1");

    private void FreeDisk() => Run("PRAGMA max_page_count = 1000000");

    private void Run(string sql)
    {
        using var statement = new Statement(Sqlite.WriteConnection, sql);
        statement.Execute();
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

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        condition().Should().BeTrue();
    }
}

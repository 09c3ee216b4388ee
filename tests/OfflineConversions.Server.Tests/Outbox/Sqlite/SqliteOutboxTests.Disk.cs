using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>A full disk, and the space that the file uses.</summary>
public partial class SqliteOutboxTests
{
    [Fact]
    public async Task A_full_disk_refuses_events_and_serves_deliveries_until_there_is_room_again()
    {
        await Append(Large("first"));
        FillDisk();

        var refused = await Append(Large("second"));

        refused.Status.Should().Be(AppendStatus.Unavailable);
        refused.RetryAfter.Should().BePositive();
        Outbox.Health.Should().Be(new OutboxHealth(false, "The disk is full."));
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));

        Clock.Advance(TimeSpan.FromSeconds(1));
        await Files.Eventually(() => Outbox.Health.Ready);
        (await Append(Large("second"))).Stored.Should().Equal([true], "the key of a refused event must not stay");
        (await Sqlite.ShouldBalanceAsync()).Single().Accepted.Should().Be(2);
    }

    [Fact]
    public async Task While_the_disk_is_full_only_deliveries_may_use_the_reserve()
    {
        FillDisk();
        (await Append(Large("a"))).Status.Should().Be(AppendStatus.Unavailable);
        System.IO.File.Exists(File + ".reserve").Should().BeFalse();
        FreeDisk();
        (await Append(Some.Entry("small"))).Status.Should().Be(AppendStatus.Unavailable);

        Clock.Advance(TimeSpan.FromSeconds(1));
        await Files.Eventually(() => Outbox.Health.Ready);
        System.IO.File.Exists(File + ".reserve").Should().BeTrue();
        (await Append(Large("a"))).Status.Should().Be(AppendStatus.Stored);
    }

    [Fact]
    public async Task A_settlement_that_the_disk_refuses_waits_until_there_is_room()
    {
        await Append(Large("a"), Large("b"));
        FillDisk();
        var burials = new[] { new Burial(0, "x", Title: new string('t', 400_000)) };
        var settle = Settle(new ChunkSettlement((await Lease()).Single(), [1], Clock.GetUtcNow(), burials)).AsTask();
        await Files.Eventually(() => !Outbox.Health.Ready);
        settle.IsCompleted.Should().BeFalse();

        FreeDisk();
        Clock.Advance(TimeSpan.FromSeconds(1));

        await settle;
        (await Lease()).Single().Events.Should().ContainSingle();
        (await Outbox.FailedAsync(new FailedQuery(), default)).Should().ContainSingle();
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

        await Files.Eventually(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Pages() < full - 1500;
        });
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

    private long Pages() => long.Parse(Ask("PRAGMA page_count"), CultureInfo.InvariantCulture);

    private void FillDisk() => Run("PRAGMA max_page_count = 1");

    private void FreeDisk() => Run("PRAGMA max_page_count = 1000000");

    private void Run(string sql)
    {
        using var statement = new Statement(Sqlite.WriteConnection, sql);
        statement.Execute();
    }
}

using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Tests.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Moving;

/// <summary>Moving an outbox between an SQLite file and PostgreSQL.</summary>
public sealed partial class OutboxMoveTests : IAsyncLifetime
{
    /// <summary>With so many, both stores are closed and the first rows are copied.</summary>
    private const int TransactionsOfTheBeginning = 4;

    private MovableOutboxes _outboxes = null!;

    public async Task InitializeAsync() => _outboxes = await MovableOutboxes.CreateAsync();

    public Task DisposeAsync()
    {
        _outboxes?.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_moves_there_and_back(bool encrypt)
    {
        _outboxes.Encrypt = encrypt;
        var before = await _outboxes.FillSqliteAsync();

        var there = await _outboxes.ToPostgresAsync();
        await using (var outbox = await _outboxes.OpenPostgresAsync())
        {
            (await OutboxAnswers.AskAsync(outbox)).Should().Be(before);
        }

        var back = await _outboxes.ToSqliteAsync();
        await using (var outbox = _outboxes.OpenSqlite())
        {
            (await OutboxAnswers.AskAsync(outbox)).Should().Be(before);
        }

        Moved(there, "waiting chunks").Should().Be(Moved(back, "waiting chunks")).And.BeGreaterThan(40);
        Moved(there, "failed events").Should().Be(1);
        there.WithoutPlace.Should().NotContain(left => left.Rows > 0);
        back.WithoutPlace.Should().BeEmpty();
        back.Ledger.Should().Equal(there.Ledger);
    }

    [Fact]
    public async Task Repeats_are_recognised_after_each_move_and_what_failed_may_come_again()
    {
        await _outboxes.FillSqliteAsync();

        await _outboxes.ToPostgresAsync();
        await using (var outbox = await _outboxes.OpenPostgresAsync())
        {
            (await FilledOutbox.AppendAsync(outbox, "stores", "delivered", "waiting-3", "failed", "new"))
                .Should()
                .Equal(false, false, true, true);
        }

        await _outboxes.ToSqliteAsync();
        await using (var outbox = _outboxes.OpenSqlite())
        {
            (await FilledOutbox.AppendAsync(outbox, "stores", "delivered", "failed", "new", "newer", "discarded"))
                .Should()
                .Equal(false, false, false, true, true);
        }
    }

    [Fact]
    public async Task Keys_of_earlier_versions_move_too()
    {
        var sale = Some.Entry("old");
        await _outboxes.FillSqliteAsync();
        OlderKeys.Take(_outboxes.File, sale.Delivery, Some.Now.AddDays(2));

        await _outboxes.ToPostgresAsync();
        await using (var outbox = await _outboxes.OpenPostgresAsync())
        {
            (await outbox.AppendAsync([sale], default)).Stored.Should().Equal(false);
        }

        await _outboxes.ToSqliteAsync();
        await using (var outbox = _outboxes.OpenSqlite())
        {
            (await outbox.AppendAsync([sale], default)).Stored.Should().Equal(false);
        }
    }

    [Fact]
    public async Task An_erased_person_stays_erased()
    {
        await _outboxes.FillSqliteAsync();

        await _outboxes.ToPostgresAsync();

        await using var outbox = await _outboxes.OpenPostgresAsync();
        await FilledOutbox.AppendAsync(outbox, "stores", "jane");
        (await outbox.PendingAsync(new PendingQuery(EventId: "jane"), default)).Events.Should().BeEmpty();
    }

    [Fact]
    public async Task Work_goes_on_with_new_numbers()
    {
        await _outboxes.FillSqliteAsync();
        await _outboxes.ToPostgresAsync();
        await using (var outbox = await _outboxes.OpenPostgresAsync())
        {
            await FilledOutbox.AppendAsync(outbox, "stores", "there");
            await DeliverAllAsync(outbox);
        }

        await _outboxes.ToSqliteAsync();

        await using var back = _outboxes.OpenSqlite();
        await FilledOutbox.AppendAsync(back, "stores", "back");
        await DeliverAllAsync(back);
        (await back.ShouldBalanceAsync()).Single(line => line.Connection == "stores").Waiting.Should().Be(0);
    }

    [Fact]
    public async Task A_damaged_chunk_becomes_unreadable_at_the_other_place()
    {
        await using (var outbox = _outboxes.OpenSqlite())
        {
            await FilledOutbox.AppendAsync(outbox, "stores", "a", "b");
        }

        await using (var connection = new SqliteConnection($"Data Source={_outboxes.File};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var damage = connection.CreateCommand();
            damage.CommandText = "UPDATE chunks SET payload = CAST(substr(payload, 1, 40) || x'00' AS BLOB)";
            await damage.ExecuteNonQueryAsync();
        }

        await _outboxes.ToPostgresAsync();

        await using var moved = await _outboxes.OpenPostgresAsync();
        await DeliverAllAsync(moved);
        var failed = await moved.FailedAsync(new FailedQuery(), default);
        failed.Select(one => one.Burial.Reason).Should().Equal("unreadable", "unreadable");
        (await moved.ShouldBalanceAsync()).Single().Failed.Should().Be(2);
    }

    [Fact]
    public async Task A_process_may_be_killed_before_any_transaction()
    {
        var before = await _outboxes.FillSqliteAsync();

        var kills = await KillAtEachStepAsync(_outboxes.ToPostgresAsync);

        await using (var outbox = await _outboxes.OpenPostgresAsync())
        {
            (await OutboxAnswers.AskAsync(outbox)).Should().Be(before);
        }

        kills.Should().BeGreaterThan(40);
        (await KillAtEachStepAsync(_outboxes.ToSqliteAsync)).Should().BeGreaterThan(40);
        await using (var outbox = _outboxes.OpenSqlite())
        {
            (await OutboxAnswers.AskAsync(outbox)).Should().Be(before);
        }
    }

    [Fact]
    public async Task A_move_that_is_complete_can_be_repeated()
    {
        await _outboxes.FillSqliteAsync();
        var first = await _outboxes.ToPostgresAsync();

        var second = await _outboxes.ToPostgresAsync();

        first.WasComplete.Should().BeFalse();
        second.WasComplete.Should().BeTrue();
        second.Moved.Should().Equal(first.Moved);
        second.WithoutPlace.Should().Equal(first.WithoutPlace);
    }

    private static long Moved(MoveReport report, string title) =>
        report.Moved.Single(count => count.Title == title).Rows;

    /// <summary>
    /// Kills one process after the other until one completes: each before another transaction of those that close both
    /// stores, and then each after one transaction.
    /// </summary>
    private static async Task<int> KillAtEachStepAsync(Func<int, Task<MoveReport>> move)
    {
        for (var kills = 0; ; kills++)
        {
            try
            {
                await move(kills <= TransactionsOfTheBeginning ? kills : 1);
                return kills;
            }
            catch (KilledException)
            {
                // The next process goes on.
            }
        }
    }

    private async Task DeliverAllAsync(IOutboxStore outbox)
    {
        _outboxes.Clock.Advance(TimeSpan.FromHours(1));
        while (await outbox.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default) is { Count: > 0 } chunks)
        {
            var statuses = await outbox.SettleAsync([.. chunks.Select(ChunkSettlement.Delivered)], default);
            statuses.Should().OnlyContain(status => status == SettlementStatus.Settled);
        }
    }
}

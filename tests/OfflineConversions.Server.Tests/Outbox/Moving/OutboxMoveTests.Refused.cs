using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Moving;

/// <summary>What is refused, by a move and because of one.</summary>
public sealed partial class OutboxMoveTests
{
    [Fact]
    public async Task The_service_opens_neither_store_while_a_move_is_not_complete()
    {
        await _outboxes.FillSqliteAsync();
        await KilledAsync(() => _outboxes.ToPostgresAsync(mostWrites: 12));

        ShouldBeClosed(() => _outboxes.OpenSqlite(), "*being moved to another store*move-outbox*--cancel*");
        await ShouldBeClosedAsync(_outboxes.OpenPostgresAsync, "*being moved into the PostgreSQL database*");
    }

    [Fact]
    public async Task The_service_does_not_open_a_store_that_was_moved_and_nothing_is_left_in_it()
    {
        await _outboxes.FillSqliteAsync();
        await _outboxes.ToPostgresAsync();

        ShouldBeClosed(() => _outboxes.OpenSqlite(), "*were moved to another store*Outbox:Provider*");
        Files.Holding(_outboxes.Folder, "waiting-3").Should().BeEmpty();

        await _outboxes.ToSqliteAsync();

        await ShouldBeClosedAsync(_outboxes.OpenPostgresAsync, "*were moved to another store*");
        (await PostgresServer.AskAsync<long>(_outboxes.Database, "SELECT count(*) FROM offlineconversions.bodies"))
            .Should()
            .Be(0);
    }

    [Fact]
    public async Task A_move_is_given_up()
    {
        var before = await _outboxes.FillSqliteAsync();
        await KilledAsync(() => _outboxes.ToPostgresAsync(mostWrites: 12));

        await _outboxes.CancelAsync();

        await using (var outbox = _outboxes.OpenSqlite())
        {
            (await OutboxAnswers.AskAsync(outbox)).Should().Be(before);
        }

        await using var empty = await _outboxes.OpenPostgresAsync();
        (await empty.LedgerAsync(default)).Should().BeEmpty();
        await _outboxes.Invoking(both => both.CancelAsync()).Should().ThrowAsync<SettingUnusableException>();
    }

    [Fact]
    public async Task Nothing_moves_into_a_store_that_is_not_empty()
    {
        var before = await _outboxes.FillSqliteAsync();
        await using (var outbox = await _outboxes.OpenPostgresAsync())
        {
            await FilledOutbox.AppendAsync(outbox, "stores", "another");
        }

        await ShouldBeRefusedAsync(() => _outboxes.ToPostgresAsync(), "*is not empty*");

        await using var same = _outboxes.OpenSqlite();
        (await OutboxAnswers.AskAsync(same)).Should().Be(before);
    }

    [Fact]
    public async Task Nothing_moves_while_the_service_uses_the_file()
    {
        await using var outbox = _outboxes.OpenSqlite();

        await ShouldBeRefusedAsync(() => _outboxes.ToPostgresAsync(), "*in use by another process*");
    }

    [Fact]
    public async Task Nothing_moves_while_a_replica_uses_the_database()
    {
        var before = await _outboxes.FillSqliteAsync();
        await using (await Replica.OpenAsync(_outboxes.Database))
        {
            await ShouldBeRefusedAsync(() => _outboxes.ToPostgresAsync(), "*service uses the database; replicas: 1*");
        }

        await using (var same = _outboxes.OpenSqlite())
        {
            (await OutboxAnswers.AskAsync(same)).Should().Be(before);
        }

        (await _outboxes.ToPostgresAsync()).WasComplete.Should().BeFalse();
    }

    [Fact]
    public async Task A_move_is_given_up_although_its_target_is_gone()
    {
        var before = await _outboxes.FillSqliteAsync();
        await KilledAsync(() => _outboxes.ToPostgresAsync(mostWrites: 12));

        await _outboxes.CancelAsync(isTargetGone: true);

        await using (var outbox = _outboxes.OpenSqlite())
        {
            (await OutboxAnswers.AskAsync(outbox)).Should().Be(before);
        }

        await ShouldBeRefusedAsync(() => _outboxes.ToPostgresAsync(), "Another move of the PostgreSQL database*");
    }

    [Fact]
    public async Task What_the_service_has_just_stored_in_the_target_stays()
    {
        var before = await _outboxes.FillSqliteAsync();
        await KilledAsync(() => _outboxes.ToPostgresAsync(mostWrites: 2));
        await PostgresServer.ExecuteAsync(
            _outboxes.Database,
            "INSERT INTO offlineconversions.ledger_deltas VALUES ('stores', 1, 1, 0, 0, 0, 0, 0, 0)"
        );

        await ShouldBeRefusedAsync(() => _outboxes.ToPostgresAsync(), "The service has just stored events*");

        await using var file = _outboxes.OpenSqlite();
        (await OutboxAnswers.AskAsync(file)).Should().Be(before);
        await using var database = await _outboxes.OpenPostgresAsync();
        (await database.ShouldBalanceAsync()).Single().Accepted.Should().Be(1);
    }

    [Fact]
    public async Task Nothing_moves_without_the_key_of_its_events()
    {
        _outboxes.Encrypt = true;
        await _outboxes.FillSqliteAsync();
        _outboxes.Keys = "other-keys";

        await ShouldBeRefusedAsync(() => _outboxes.ToPostgresAsync(), "*encrypted with a key that is missing*");
    }

    [Fact]
    public async Task The_moved_events_need_their_key_in_the_database_too()
    {
        _outboxes.Encrypt = true;
        await _outboxes.FillSqliteAsync();
        await _outboxes.ToPostgresAsync();
        _outboxes.Keys = "other-keys";

        await ShouldBeClosedAsync(
            _outboxes.OpenPostgresAsync,
            "*encrypted with a key that this replica does not have*"
        );
        await ShouldBeRefusedAsync(() => _outboxes.ToSqliteAsync(), "*encrypted with a key*");
    }

    private static async Task KilledAsync(Func<Task<MoveReport>> move) =>
        await move.Should().ThrowAsync<KilledException>();

    private static async Task ShouldBeRefusedAsync(Func<Task<MoveReport>> move, string message) =>
        await move.Should().ThrowAsync<SettingUnusableException>().WithMessage(message);

    private static void ShouldBeClosed(Func<IOutboxStore> open, string message) =>
        open.Should().Throw<SettingUnusableException>().WithMessage(message);

    private static async Task ShouldBeClosedAsync(Func<Task<IOutboxStore>> open, string message) =>
        await open.Should().ThrowAsync<SettingUnusableException>().WithMessage(message);
}

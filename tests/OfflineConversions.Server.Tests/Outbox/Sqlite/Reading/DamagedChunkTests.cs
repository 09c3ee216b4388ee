using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Reading;

/// <summary>Damage that leaves the database itself intact: only the checksum finds it.</summary>
public sealed class DamagedChunkTests : IDisposable
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_damaged_chunk_is_never_sent_is_listed_as_unreadable_and_its_neighbors_are_sent()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Some.Entry("a")], default);
            await outbox.AppendAsync([Some.Entry("b")], default);
            await outbox.AppendAsync([Some.Entry("c")], default);
        }

        Execute("UPDATE chunks SET payload = CAST(replace(payload, 'b', 'x') AS BLOB) WHERE id = 2");

        await using var again = Open();
        (await again.LeaseAsync(Everything, default)).Texts().Should().Equal("""{"n":"a"}""", """{"n":"c"}""");
        (await again.LeaseAsync(Everything, default)).Should().BeEmpty();
        await SettledWritesAsync(again);
        var listed = (await again.FailedAsync(new FailedQuery(), default)).Should().ContainSingle().Subject;
        listed.Text().Should().Be("""{"unreadable":true}""");
        listed.Burial.Reason.Should().Be("unreadable");
        listed.Destination.DatasetId.Should().Be("1001");
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 3, 0, 2, 1, 0, 0));
        (await again.BacklogAsync(default)).Single().Events.Should().Be(2);
    }

    [Fact]
    public async Task Each_event_of_a_damaged_chunk_is_counted_is_not_replayed_and_can_be_discarded()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync(Some.Entries(7), default);
        }

        Execute("UPDATE chunks SET payload = CAST(replace(payload, 'e3', 'x3') AS BLOB)");

        await using var again = Open();
        (await again.LeaseAsync(Everything, default)).Should().BeEmpty();
        await SettledWritesAsync(again);
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 7, 0, 0, 7, 0, 0));
        (await again.ResolveFailedAsync(new FailedSelection(), Resolution.Replay, default))
            .Should()
            .Be(new ResolvedEvents(0));
        (await again.FailedAsync(new FailedQuery(), default)).Should().HaveCount(7);
        (await again.ResolveFailedAsync(new FailedSelection { Reason = "unreadable" }, Resolution.Discard, default))
            .Should()
            .Be(new ResolvedEvents(7));
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 7, 0, 0, 0, 7, 0));
    }

    [Fact]
    public async Task A_chunk_from_before_the_checksum_is_not_sent_if_a_payload_is_no_JSON()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Some.Entry("a")], default);
        }

        Execute(
            "UPDATE chunks SET format = 0, payload = CAST('{\"a\":1}{\"b\";2}' AS BLOB), ends = x'070000000E000000'"
        );
        Execute("UPDATE chunks SET events = 2, bytes = 14");
        Execute("UPDATE ledger SET accepted = 2, waiting_events = 2, waiting_bytes = 14");

        await using var again = Open();
        (await again.LeaseAsync(Everything, default)).Should().BeEmpty();
        await SettledWritesAsync(again);
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 2, 0, 0, 2, 0, 0));
    }

    /// <summary>The writer works in order, so what a lease found is written before this.</summary>
    private static async Task SettledWritesAsync(SqliteOutbox outbox) =>
        await outbox.SetPausedAsync("other", paused: false, default);

    [Fact]
    public async Task A_damaged_failed_event_is_listed_as_unreadable_is_not_replayed_and_can_be_discarded()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Some.Entry("a"), Some.Entry("b")], default);
            var chunk = (await outbox.LeaseAsync(Everything, default)).Single();
            await outbox.SettleAsync(
                [
                    new ChunkSettlement(
                        chunk,
                        [],
                        default,
                        [new Burial(0, "refused_by_meta"), new Burial(1, "refused_by_meta")]
                    ),
                ],
                default
            );
        }

        Execute("UPDATE failed SET payload = CAST(replace(payload, 'b', 'x') AS BLOB) WHERE id = 2");

        await using var again = Open();
        (await again.FailedAsync(new FailedQuery(), default))
            .Select(failed => failed.Text())
            .Should()
            .Equal("""{"unreadable":true}""", """{"n":"a"}""");
        (await again.ResolveFailedAsync(new FailedSelection(), Resolution.Replay, default))
            .Should()
            .Be(new ResolvedEvents(1));
        (await again.LeaseAsync(Everything, default)).Texts().Should().Equal("""{"n":"a"}""");
        (await again.ResolveFailedAsync(new FailedSelection(), Resolution.Discard, default))
            .Should()
            .Be(new ResolvedEvents(1));
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 2, 0, 1, 0, 1, 0));
    }

    [Fact]
    public async Task An_unknown_codec_makes_a_chunk_unreadable()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Some.Entry("a")], default);
        }

        Execute("UPDATE chunks SET payload = CAST(substr(payload, 1, 1) || x'01' || substr(payload, 3) AS BLOB)");

        await using var again = Open();
        (await again.LeaseAsync(Everything, default)).Should().BeEmpty();
    }

    private void Execute(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={_folder.File("outbox.db")};Pooling=False"
        );
        connection.Open();
        using var statement = new Statement(connection, sql);
        statement.Execute().Should().BePositive();
    }

    private SqliteOutbox Open() =>
        new(new OutboxOptions { Path = _folder.File("outbox.db") }, _clock, NullLogger<SqliteOutbox>.Instance);
}

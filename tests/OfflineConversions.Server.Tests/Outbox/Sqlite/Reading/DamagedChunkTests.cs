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
    public async Task A_chunk_on_a_damaged_page_is_kept_and_its_neighbors_are_sent()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Some.Entry("a")], default);
            await outbox.AppendAsync([Some.Entry("b", payload: new string('y', 20_000))], default);
            await outbox.AppendAsync([Some.Entry("c")], default);
        }

        await using var again = Open();
        BrokenChain.Make(_folder.File("outbox.db"), 'y');

        (await again.LeaseAsync(Everything, default)).Texts().Should().Equal("""{"n":"a"}""", """{"n":"c"}""");
        (await again.LeaseAsync(Everything, default)).Should().BeEmpty();
        (await again.BacklogAsync(default)).Single().Events.Should().Be(3);
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

    [Theory]
    [InlineData("{\"b\";2}")]
    [InlineData("{\"b\":\"\u00ff\"}")]
    [InlineData("{\"\u00c3\":1}")]
    [InlineData("{\"b\":\"\\ud83d\"}")]
    public async Task A_damaged_event_from_before_the_checksum_is_listed_and_the_others_of_its_chunk_are_sent(
        string bad
    )
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Some.Entry("a")], default);
        }

        WriteEarlierChunk("""{"a":1}""", bad, """{"c":3}""");

        await using var again = Open();
        (await again.LeaseAsync(Everything, default)).Should().BeEmpty("the damaged event leaves first");
        await SettledWritesAsync(again);
        var chunk = (await again.LeaseAsync(Everything, default)).Should().ContainSingle().Subject;
        chunk.Texts().Should().Equal("""{"a":1}""", """{"c":3}""");
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 3, 0, 2, 1, 0, 0));
        (await again.FailedAsync(new FailedQuery(), default))
            .Should()
            .ContainSingle()
            .Which.Burial.Reason.Should()
            .Be("unreadable");
        await again.SettleAsync([ChunkSettlement.Delivered(chunk)], default);
        (await again.BacklogAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task After_a_recovery_too_only_the_damaged_events_of_an_earlier_versions_chunk_are_lost()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Some.Entry("a")], default);
        }

        WriteEarlierChunk("""{"a":1}""", "{\"b\":\"\u00ff\"}", """{"c":3}""");
        using (var file = new FileStream(_folder.File("outbox.db"), FileMode.Open))
        {
            file.Write("damaged"u8);
        }

        await using var again = Open();
        (await again.LeaseAsync(Everything, default)).Should().BeEmpty();
        await SettledWritesAsync(again);
        (await again.LeaseAsync(Everything, default)).Texts().Should().Equal("""{"a":1}""", """{"c":3}""");
        (await again.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 3, 0, 2, 1, 0, 0));
    }

    [Fact]
    public async Task A_failed_event_of_an_earlier_version_with_text_that_is_not_Unicode_is_listed_as_unreadable()
    {
        await using (var outbox = Open())
        {
            await outbox.AppendAsync([Some.Entry("a"), Some.Entry("b")], default);
            var chunk = (await outbox.LeaseAsync(Everything, default)).Single();
            await outbox.SettleAsync(
                [new ChunkSettlement(chunk, [], default, [new Burial(0, "too_old"), new Burial(1, "too_old")])],
                default
            );
        }

        Execute("UPDATE failed SET format = 0, payload = x'7B2261223A22FF227D' WHERE id = 2");

        await using var again = Open();
        (await again.FailedAsync(new FailedQuery(), default))
            .Select(failed => failed.Text())
            .Should()
            .Equal("""{"unreadable":true}""", """{"n":"a"}""");
    }

    private void WriteEarlierChunk(params string[] payloads)
    {
        var ends = payloads.Select((_, index) => payloads.Take(index + 1).Sum(payload => payload.Length)).ToArray();
        var payload = Convert.ToHexString(System.Text.Encoding.Latin1.GetBytes(string.Concat(payloads)));
        var places = string.Concat(ends.Select(end => $"{end:X2}000000"));
        Execute(
            $"UPDATE chunks SET format = 0, payload = x'{payload}', ends = x'{places}', events = {payloads.Length}, "
                + $"bytes = {ends[^1]}"
        );
        Execute($"UPDATE ledger SET accepted = {payloads.Length}, waiting_events = {payloads.Length}");
        Execute($"UPDATE ledger SET waiting_bytes = {ends[^1]}");
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

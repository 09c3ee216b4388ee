using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Recovery;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

public sealed class FileRecoveryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);

    private string File => _folder.File("outbox.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_no_database_is_set_aside_and_the_service_starts()
    {
        System.IO.File.WriteAllBytes(File, [.. Enumerable.Repeat((byte)'x', 20_000)]);

        await using var outbox = Open();

        (await outbox.AppendAsync([Some.Entry("a")], default)).Status.Should().Be(AppendStatus.Stored);
        System.IO.File.ReadAllBytes(Evidence()).Should().HaveCount(20_000).And.OnlyContain(value => value == (byte)'x');
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task Of_a_damaged_file_what_can_be_read_goes_on_and_the_books_balance(double place)
    {
        await FillAsync(chunks: 300);
        Damage(place, bytes: 20_000);

        await using var outbox = Open();

        var line = (await outbox.ShouldBalanceAsync()).Should().ContainSingle().Subject;
        var texts = await LeaseAllAsync(outbox);
        line.Waiting.Should()
            .Be(texts.Count)
            .And.BeInRange(200, 299, "20 kB hold at most 20 of the chunks or the index pages");
        texts
            .Should()
            .OnlyHaveUniqueItems()
            .And.OnlyContain(text => text.StartsWith("{\"n\":\"", StringComparison.Ordinal) && text.EndsWith('}'));
        line.Discarded.Should().Be(301 - line.Waiting - line.Failed, "what is missing is counted");
        System.IO.File.Exists(Evidence()).Should().BeTrue();
        if (!OperatingSystem.IsWindows())
        {
            System
                .IO.File.GetUnixFileMode(File)
                .Should()
                .Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, "a recovered file is as private as any");
        }

        (await outbox.AppendAsync([Some.Entry("new")], default)).Status.Should().Be(AppendStatus.Stored);
    }

    [Fact]
    public async Task Damage_among_the_keys_of_a_file_too_large_to_read_through_is_repaired_at_once()
    {
        await using (var large = Open())
        {
            for (var each = 0; each < 70; each++)
            {
                await large.AppendAsync(
                    [Some.Entry($"{each}", payload: $"{{\"n\":\"{new string('x', 1_000_000)}\"}}")],
                    default
                );
            }
        }

        DamageTheTable("taken_keys");

        await using var outbox = Open();

        (await outbox.BacklogAsync(default)).Should().ContainSingle(backlog => backlog.Events == 70);
        System.IO.File.Exists(Evidence()).Should().BeTrue();
        (await outbox.AppendAsync([Some.Entry("new")], default)).Status.Should().Be(AppendStatus.Stored);
    }

    [Fact]
    public async Task An_index_damaged_at_run_time_sends_nothing_to_another_dataset_and_the_next_start_repairs_it()
    {
        await using (var damaged = Open())
        {
            await damaged.AppendAsync([Some.Entry("a", dataset: "1"), Some.Entry("b", dataset: "2")], default);
            Execute(
                """
                DROP INDEX chunks_due;
                CREATE INDEX chunks_due ON chunks ((3 - destination), due_at, id);
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = 'CREATE INDEX chunks_due ON chunks (destination, due_at,
                  id)' WHERE name = 'chunks_due';
                PRAGMA writable_schema = RESET;
                """
            );
            (await damaged.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default)).Should().BeEmpty();
        }

        await using var repaired = Open();
        var chunks = new[]
        {
            await repaired.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default),
            await repaired.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default),
        };
        chunks
            .SelectMany(leased => leased)
            .Select(chunk => (chunk.Destination.DatasetId, chunk.Texts().Single()))
            .Should()
            .BeEquivalentTo([("1", """{"n":"a"}"""), ("2", """{"n":"b"}""")]);
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_a_recovery_goes_on_with_what_was_recovered()
    {
        await FillAsync(chunks: 3);
        System.IO.File.Move(File, File + ".recovering");
        System.IO.File.WriteAllText(File + "-wal", "left behind");

        await using var outbox = Open();

        (await LeaseAllAsync(outbox)).Should().HaveCount(3);
    }

    [Fact]
    public async Task A_crash_before_the_recovery_was_complete_begins_it_anew()
    {
        await FillAsync(chunks: 300);
        Damage(0.5, bytes: 20_000);
        System.IO.File.WriteAllText(File + ".recovering", "half a file");

        await using var outbox = Open();

        (await LeaseAllAsync(outbox)).Count.Should().BeGreaterThan(200);
    }

    [Fact]
    public async Task A_sound_file_is_left_as_it_is()
    {
        await FillAsync(chunks: 3);
        System.IO.File.WriteAllText(FileRecovery.NoteOf(File), "");

        await using var outbox = Open();

        Directory.GetFiles(_folder.Path, "*.corrupt-*").Should().BeEmpty();
        System.IO.File.Exists(FileRecovery.NoteOf(File)).Should().BeFalse("the whole file was read and is valid");
    }

    /// <summary>Chunks of one event of about a kilobyte, and one failed event.</summary>
    private async Task FillAsync(int chunks)
    {
        await using var outbox = Open();
        await outbox.AppendAsync([Some.Entry("bad")], default);
        var bad = (await outbox.LeaseAsync(new LeaseRequest("stores", 1, 1), default)).Single();
        await outbox.SettleAsync(
            [new ChunkSettlement(bad, [], default, [new Burial(0, "refused_by_meta", 100)])],
            default
        );
        for (var i = 0; i < chunks; i++)
        {
            await outbox.AppendAsync(
                [Some.Entry($"{i}", payload: $$"""{"n":"{{i}}","filler":"{{new string('y', 1000)}}"}""")],
                default
            );
        }
    }

    private void Damage(double place, int bytes)
    {
        using var file = new FileStream(File, FileMode.Open);
        file.Position = (long)(file.Length * place);
        file.Write([.. Enumerable.Repeat((byte)0xA5, bytes)]);
    }

    private static async Task<List<string>> LeaseAllAsync(SqliteOutbox outbox)
    {
        var texts = new List<string>();
        while (await outbox.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default) is { Count: > 0 } chunks)
        {
            texts.AddRange(chunks.Texts());
        }

        return texts;
    }

    private string Evidence() => Directory.GetFiles(_folder.Path, "outbox.db.corrupt-20260504T120000Z").Single();

    private SqliteOutbox Open() => new(new OutboxOptions { Path = File }, _clock, NullLogger<SqliteOutbox>.Instance);

    private void Execute(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void DamageTheTable(string table)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        long Ask(string sql)
        {
            using var statement = new Statement(connection, sql);
            return statement.Scalar();
        }

        Ask("PRAGMA wal_checkpoint(TRUNCATE)");
        var (page, size) = (Ask($"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'"), Ask("PRAGMA page_size"));
        connection.Close();
        using var file = System.IO.File.OpenWrite(File);
        file.Seek((page - 1) * size, SeekOrigin.Begin);
        file.Write([.. Enumerable.Repeat((byte)'x', (int)size)]);
    }
}

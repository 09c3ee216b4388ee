using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>An outbox file that a test damages between two starts.</summary>
internal sealed class DamagedFile : IDisposable
{
    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);

    public string Path => _folder.File("outbox.db");

    public string Wal => Path + "-wal";

    public void Dispose() => _folder.Dispose();

    public string File(string name) => _folder.File(name);

    public SqliteOutbox Open(string? path = null) =>
        new(new OutboxOptions { Path = path ?? Path }, _clock, NullLogger<SqliteOutbox>.Instance);

    /// <summary>Chunks of one event, some of which need several pages, and one failed event.</summary>
    public static async Task FillAsync(SqliteOutbox outbox, int chunks)
    {
        await outbox.AppendAsync([Some.Entry("bad")], default);
        var bad = (await outbox.LeaseAsync(new LeaseRequest("stores", 1, 1), default)).Single();
        await outbox.SettleAsync([new ChunkSettlement(bad, [], default, [new Burial(0, "refused_by_meta")])], default);
        for (var i = 0; i < chunks; i++)
        {
            await outbox.AppendAsync([Some.Entry($"{i}", payload: Payload(i))], default);
        }
    }

    public static string Payload(int number) =>
        $$"""{"n":"{{number}}","filler":"{{new string('y', number % 10 == 0 ? 9000 : 300)}}"}""";

    /// <summary>The files as a kill at this moment leaves them.</summary>
    public string Kill(string name)
    {
        var copy = _folder.File(name);
        System.IO.File.WriteAllBytes(copy, Files.Read(Path));
        System.IO.File.WriteAllBytes(copy + "-wal", Files.Read(Wal));
        return copy;
    }

    public static async Task<IReadOnlyList<string>> LeaseAllAsync(SqliteOutbox outbox)
    {
        var texts = new List<string>();
        while (await outbox.LeaseAsync(new LeaseRequest("stores", 1000, 10_000_000), default) is { Count: > 0 } chunks)
        {
            texts.AddRange(chunks.Texts());
        }

        return texts;
    }

    public static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var statement = new Statement(connection, sql);
        statement.Execute();
    }
}

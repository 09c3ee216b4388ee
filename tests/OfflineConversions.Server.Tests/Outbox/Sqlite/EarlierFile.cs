using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>
/// An outbox file of an earlier schema. Two events of <c>stores</c> wait, one failed and one was delivered;
/// <c>web</c> is paused and <c>tills</c> is halted, as far as the schema knows of that. The tables are those of the
/// migrations up to the version; the rows are this program's where the version wrote the same, and else made here.
/// </summary>
internal sealed class EarlierFile : IDisposable
{
    /// <summary>The first version whose chunks have today's format.</summary>
    private const int ChunkFormat = 6;

    /// <summary>The first version that kept the deduplication keys of a commit in a row.</summary>
    private const int RowsOfKeys = 3;

    /// <summary>The first version whose deduplication keys belong to a connection.</summary>
    private const int KeysOfConnections = 8;

    private static readonly string[] KeyTables = ["deduplication_keys", "taken_keys"];

    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);

    private EarlierFile() { }

    public static OutboxEntry[] Waiting { get; } = [Entry("a"), Entry("b")];

    public static OutboxEntry Failed { get; } = Entry("c");

    public static OutboxEntry Delivered { get; } = Entry("d");

    public string Path => _folder.File("outbox.db");

    private string Todays => _folder.File("today.db");

    public static async Task<EarlierFile> WriteAsync(int version)
    {
        var file = new EarlierFile();
        await file.WriteTodaysAsync();
        file.Write(version);
        return file;
    }

    public SqliteOutbox Open() => Open(Path);

    /// <summary>Runs SQL on the file while no outbox has it, and returns the first value of the first row.</summary>
    public string Ask(string sql, params object[] values)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters.AddWithValue($"?{index + 1}", values[index]);
        }

        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
    }

    public void Dispose() => _folder.Dispose();

    private static OutboxEntry Entry(string id) =>
        Some.Entry(id, payload: $$"""{"event_name":"Purchase","event_id":"{{id}}"}""");

    private SqliteOutbox Open(string path) =>
        new(new OutboxOptions { Path = path }, _clock, NullLogger<SqliteOutbox>.Instance);

    private async Task WriteTodaysAsync()
    {
        await using var outbox = Open(Todays);
        await outbox.AppendAsync([.. Waiting, Failed, Delivered], default);
        var chunk = (await outbox.LeaseAsync(new LeaseRequest("stores", 1, 10), default)).Single();
        var settlement = new ChunkSettlement(chunk, [0, 1], Some.Now, [new Burial(2, "rejected_by_meta")]);
        await outbox.SettleAsync([settlement], default);
        await outbox.SetPausedAsync("web", paused: true, default);
        await outbox.HaltAsync(new HaltScope("tills"), "token_invalid", TimeSpan.FromMinutes(1), default);
    }

    private void Write(int version)
    {
        var steps = typeof(SqliteOutbox)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("Outbox/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Take(version)
            .Select(Read);
        Ask(string.Concat(steps) + $"PRAGMA user_version = {version}");
        var tables = Ask(
            "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        );
        foreach (var table in tables.Split(',').Except(version < KeysOfConnections ? KeyTables : []))
        {
            var columns = Ask($"SELECT group_concat(name) FROM pragma_table_info('{table}')");
            Ask(
                $"ATTACH '{Todays}' AS today; INSERT OR REPLACE INTO main.{table} ({columns}) "
                    + $"SELECT {columns} FROM today.{table}"
            );
        }

        if (version < ChunkFormat)
        {
            WriteBeforeChunkFormat();
        }

        WriteKeys(version);
    }

    /// <summary>Payloads one after the other, and where each ends.</summary>
    private void WriteBeforeChunkFormat()
    {
        var payloads = Waiting.Select(entry => entry.Delivery.Payload.ToArray()).ToArray();
        var ends = new byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(ends, payloads[0].Length);
        BinaryPrimitives.WriteInt32LittleEndian(ends.AsSpan(sizeof(int)), payloads[0].Length + payloads[1].Length);
        Ask("UPDATE chunks SET payload = ?1, ends = ?2", payloads.SelectMany(payload => payload).ToArray(), ends);
        Ask("UPDATE failed SET payload = ?1", Failed.Delivery.Payload.ToArray());
    }

    /// <summary>Earlier keys held for every connection, and were rows of a sorted table at first.</summary>
    private void WriteKeys(int version)
    {
        if (version >= KeysOfConnections)
        {
            return;
        }

        var end = Some.Now.AddDays(2);
        foreach (var delivery in Waiting.Append(Delivered).Select(entry => entry.Delivery))
        {
            if (version >= RowsOfKeys)
            {
                OlderKeys.Take(Path, delivery, end);
            }
            else
            {
                Ask(
                    "INSERT INTO deduplication_keys (key, expires_at) VALUES (?1, ?2)",
                    OlderKeys.KeyOf(delivery),
                    end.ToUnixTimeMilliseconds()
                );
            }
        }
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(SqliteOutbox).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

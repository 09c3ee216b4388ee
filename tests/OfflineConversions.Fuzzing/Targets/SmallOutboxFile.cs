using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Fuzzing.Mutation;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>A small outbox file with something in each of its tables.</summary>
internal static class SmallOutboxFile
{
    /// <summary>A small outbox with something in each of its tables; closed, or as a crash leaves it.</summary>
    public static byte[] Create(string parent, bool isClosed)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, Guid.NewGuid().ToString("N"))).FullName;
        var file = Path.Combine(folder, "outbox.db");
        byte[] open;
        using (var filled = new Disposing(Open(file)))
        {
            FillAsync(filled.Outbox).GetAwaiter().GetResult();
            open = Files(file);
        }

        var whole = isClosed ? Files(file) : open;
        Directory.Delete(folder, recursive: true);
        return whole;
    }

    private static byte[] Files(string file)
    {
        byte[] Read(string path)
        {
            using var stream = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }

        var database = Read(file);
        return Lines.Join(
            $"{database.Length}",
            [.. database, .. File.Exists(file + "-wal") ? Read(file + "-wal") : []]
        );
    }

    private static async Task FillAsync(SqliteOutbox outbox)
    {
        await outbox.AppendAsync([Entry("bad")], default);
        var bad = (await outbox.LeaseAsync(new LeaseRequest("stores", 1, 1), default))[0];
        await outbox.SettleAsync(
            [new ChunkSettlement(bad, [], default, [new Burial(0, "refused_by_meta", 100, 2804019, "Title", "trace")])],
            default
        );
        for (var each = 0; each < 12; each++)
        {
            await outbox.AppendAsync([Entry($"a{each}"), Entry($"b{each}")], default);
        }

        var person = new MatchKeys();
        person.Add(MatchKey.ExternalId, "a3");
        await outbox.SetPausedAsync("other", paused: true, default);
        await outbox.EraseAsync([.. PersonTraceFinder.Of(person, [])], FuzzingTime.Now.AddDays(30), default);
    }

    private sealed class Disposing(SqliteOutbox outbox) : IDisposable
    {
        public SqliteOutbox Outbox => outbox;

        public void Dispose() => outbox.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    public static OutboxEntry Entry(string id) =>
        new(
            "stores",
            MetaApi.ConversionsApi,
            1000,
            TimeSpan.FromHours(48),
            new EventDelivery(
                "333",
                null,
                "Purchase",
                id,
                FuzzingTime.Now.AddDays(7),
                Encoding.UTF8.GetBytes(
                    $$$"""
                    {"event_name":"Purchase","event_time":1795262400,"user_data":{"external_id":["{{{id}}}"]},
                     "event_id":"{{{id}}}","custom_data":{"filler":"{{{new string('y', 700)}}}"}}
                    """
                )
            )
        );

    public static SqliteOutbox Open(string file, ILogger<SqliteOutbox>? logger = null) =>
        new(new OutboxOptions { Path = file }, FuzzingTime.Stopped(), logger ?? NullLogger<SqliteOutbox>.Instance);

    /// <summary>
    /// A reserve of the right length that occupies no space, which the outbox accepts: filling one took nine tenths of
    /// an execution's time.
    /// </summary>
    public static void WriteEmptyReserve(string file)
    {
        using var reserve = File.Create(file + ".reserve");
        reserve.SetLength(DiskReserve.SizeBytes);
    }
}

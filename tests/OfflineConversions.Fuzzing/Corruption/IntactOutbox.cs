using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Fuzzing.Corruption;

/// <summary>
/// The files of an outbox with waiting events of many sizes, failed events and free pages; closed, or as a kill leaves
/// them. Each payload repeats its event's name, so the bytes of an event can be found in the files without reading
/// their format.
/// </summary>
internal sealed partial class IntactOutbox
{
    private const int NameBytes = 12;

    private IntactOutbox(byte[] database, byte[] wal, IReadOnlyList<string> waiting) =>
        (Database, Wal, Waiting) = (database, wal, waiting);

    /// <summary>The database file.</summary>
    public byte[] Database { get; }

    /// <summary>The WAL; empty after a clean stop.</summary>
    public byte[] Wal { get; }

    /// <summary>The names of the waiting events.</summary>
    public IReadOnlyList<string> Waiting { get; }

    /// <summary>Fills an outbox in a folder and takes its files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isClosed">Whether the files are those of a clean stop, or those that a kill leaves.</param>
    /// <param name="settled">The round after which most of what waits is settled.</param>
    /// <param name="rounds">The number of rounds. The last one is the last commit.</param>
    public static async Task<IntactOutbox> CreateAsync(string folder, bool isClosed, int settled, int rounds = 90)
    {
        var file = Path.Combine(folder, "outbox.db");
        var waiting = new List<string>();
        var outbox = Open(file);
        for (var round = 0; round < rounds; round++)
        {
            if (round == rounds - 1)
            {
                await outbox.SetPausedAsync("nothing", paused: true, default);
            }

            var names = Enumerable.Range(0, 1 + (round % 4)).Select(number => Name(round, number)).ToArray();
            var connection = ConnectionOf(round);
            await outbox.AppendAsync(
                [.. names.Select((name, number) => Entry(name, connection, round, number))],
                default
            );
            waiting.AddRange(names);
            if (round == settled)
            {
                waiting.RemoveAll(await SettleAsync(outbox));
            }
        }

        var (database, wal) = (Read(file), Read(file + "-wal"));
        await outbox.DisposeAsync();
        var files = isClosed ? (Read(file), []) : (database, wal);
        foreach (var left in Directory.GetFiles(folder))
        {
            File.Delete(left);
        }

        return new IntactOutbox(files.Item1, files.Item2, waiting);
    }

    /// <summary>Opens an outbox.</summary>
    public static SqliteOutbox Open(string file) =>
        new(new OutboxOptions { Path = file }, FuzzingTime.Stopped(), NullLogger<SqliteOutbox>.Instance);

    /// <summary>The destination of an event; it follows from its name, too.</summary>
    public static Destination DestinationOf(string name)
    {
        var connection = ConnectionOf(int.Parse(name.AsSpan(1, 4), CultureInfo.InvariantCulture));
        return new Destination(connection, MetaApi.ConversionsApi, DatasetOf(connection), null);
    }

    /// <summary>The payload of an event: everything in it follows from its name.</summary>
    public static byte[] Payload(string name)
    {
        var round = int.Parse(name.AsSpan(1, 4), CultureInfo.InvariantCulture);
        var number = int.Parse(name.AsSpan(6, 4), CultureInfo.InvariantCulture);
        var repeats = (round % 7) switch
        {
            0 => 1500,
            1 => 2,
            2 => 300,
            _ => 20 + number,
        };
        return Encoding.UTF8.GetBytes(
            $"{{\"event_id\":\"{name}\",\"filler\":\"{string.Concat(Enumerable.Repeat(name, repeats))}\"}}"
        );
    }

    private static string ConnectionOf(int round) => round % 3 == 0 ? "tills" : "stores";

    private static string DatasetOf(string connection) => connection == "tills" ? "334" : "333";

    private static string Name(int round, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"e{round:0000}.{number:0000}__");

    private static OutboxEntry Entry(string name, string connection, int round, int number) =>
        new(
            connection,
            MetaApi.ConversionsApi,
            1000,
            TimeSpan.FromHours(48),
            new EventDelivery(DatasetOf(connection), null, "Purchase", name, FuzzingTime.Now.AddDays(7), Payload(name))
        );

    /// <summary>Delivers most of what waits, and buries some of it.</summary>
    private static async Task<Predicate<string>> SettleAsync(SqliteOutbox outbox)
    {
        var gone = new HashSet<string>(StringComparer.Ordinal);
        var chunks = await outbox.LeaseAsync(new LeaseRequest("stores", 40, 1_000_000), default);
        foreach (var chunk in chunks)
        {
            gone.UnionWith(chunk.Events.Select(stored => CorruptionRun.NameOf(stored.Payload.Span)));
        }

        await outbox.SettleAsync(
            [
                .. chunks.Select(
                    (chunk, index) =>
                        index % 5 == 0
                            ? new ChunkSettlement(chunk, [], default, [new Burial(0, "refused_by_meta", 100)])
                            : ChunkSettlement.Delivered(chunk)
                ),
            ],
            default
        );
        return gone.Contains;
    }

    private static byte[] Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

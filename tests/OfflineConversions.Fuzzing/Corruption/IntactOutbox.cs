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
internal sealed class IntactOutbox
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
    public static async Task<IntactOutbox> CreateAsync(string folder, bool isClosed, int settled)
    {
        var file = Path.Combine(folder, "outbox.db");
        var waiting = new List<string>();
        var outbox = Open(file);
        for (var round = 0; round < 90; round++)
        {
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

        await outbox.SetPausedAsync("nothing", paused: true, default);
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

    /// <summary>
    /// The waiting events that a change may have touched: their names, the row around them, or the destination they are
    /// sent to.
    /// </summary>
    /// <param name="database">The changed database file.</param>
    /// <param name="wal">The changed WAL.</param>
    public IReadOnlySet<string> Touched(byte[] database, byte[] wal)
    {
        var touched = new HashSet<string>(StringComparer.Ordinal);
        AddTouched(Database, database, Covered(), touched);
        AddTouched(Wal, wal, [], touched);

        if (wal.Length < Wal.Length)
        {
            // Without the end of its last commit, a log is what a kill leaves in the middle of that commit.
            touched.UnionWith(Waiting.TakeLast(4));
        }

        // The events of one append are one chunk, with one checksum.
        var rounds = touched.Select(RoundOf).ToHashSet(StringComparer.Ordinal);
        return Waiting.Where(name => rounds.Contains(RoundOf(name))).ToHashSet(StringComparer.Ordinal);
    }

    private const int Page = 4096;
    private const int Frame = Page + 24;

    /// <summary>The pages of the database file of which the WAL has a later version.</summary>
    private HashSet<int> Covered() =>
        [
            .. Enumerable
                .Range(0, Math.Max(0, (Wal.Length - 32) / Frame))
                .Select(frame => (Wal[32 + (frame * Frame) + 2] << 8) + Wal[32 + (frame * Frame) + 3] - 1),
        ];

    private void AddTouched(byte[] before, byte[] after, HashSet<int> covered, HashSet<string> touched)
    {
        var (start, size, skip) = before == Wal ? (32, Frame, 24) : (0, Page, 0);
        for (var page = 0; start + ((page + 1) * size) <= before.Length; page++)
        {
            var at = start + (page * size) + skip;
            if (covered.Contains(page))
            {
                continue;
            }

            for (var offset = 0; offset < Page; offset++)
            {
                if (at + offset >= after.Length || before[at + offset] != after[at + offset])
                {
                    AddNear(before.AsSpan(at, Page), offset, touched);
                }
            }
        }
    }

    /// <summary>A row has at most so many bytes before, between and after the names in it.</summary>
    private void AddNear(ReadOnlySpan<byte> page, int offset, HashSet<string> touched)
    {
        const int Around = 200;
        var near = page[Math.Max(0, offset - Around)..Math.Min(Page, offset + Around)];
        var isDestination = near.IndexOf("ConversionsApi"u8) >= 0;
        for (var at = 0; at + NameBytes <= near.Length; at++)
        {
            if (near[at] == 'e' && near[at + 5] == '.' && near[at + 10] == '_')
            {
                touched.Add(Encoding.ASCII.GetString(near.Slice(at, NameBytes)));
            }
        }

        if (isDestination)
        {
            touched.UnionWith(Waiting);
        }
    }

    private static string ConnectionOf(int round) => round % 3 == 0 ? "tills" : "stores";

    private static string DatasetOf(string connection) => connection == "tills" ? "334" : "333";

    private static string RoundOf(string name) => name[..5];

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

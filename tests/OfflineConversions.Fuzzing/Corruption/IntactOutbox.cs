using System.Globalization;
using System.Security.Cryptography;
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
/// them. A plain payload repeats its event's name, so the bytes of an event can be found in the files without reading
/// their format; those of other forms are found by <see cref="ChunkMarks"/>.
/// </summary>
internal sealed partial class IntactOutbox
{
    private const int NameBytes = 12;

    private readonly ChunkMarks _marks;
    private readonly Dictionary<int, string?[]> _marksOfDatabase = [];
    private readonly Dictionary<int, string?[]> _marksOfWal = [];

    private IntactOutbox(
        StoredForm form,
        byte[] database,
        byte[] wal,
        IReadOnlyList<string> waiting,
        ChunkMarks marks
    ) => (Form, Database, Wal, Waiting, _marks) = (form, database, wal, waiting, marks);

    /// <summary>How it stores its chunks.</summary>
    public StoredForm Form { get; }

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
    /// <param name="form">How the chunks are stored.</param>
    public static async Task<IntactOutbox> CreateAsync(
        string folder,
        bool isClosed,
        int settled,
        int rounds = 90,
        StoredForm form = StoredForm.Plain
    )
    {
        var file = Path.Combine(folder, "outbox.db");
        var waiting = new List<string>();
        var outbox = Open(file, form, KeysIn(folder));
        for (var round = 0; round < rounds; round++)
        {
            if (round == rounds - 1)
            {
                await outbox.SetPausedAsync("nothing", paused: true, default);
            }

            var names = Enumerable.Range(0, 1 + (round % 4)).Select(number => Name(form, round, number)).ToArray();
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

        // Each round is one commit, which stores one chunk.
        var marks =
            form == StoredForm.Plain
                ? ChunkMarks.None
                : ChunkMarks.Read(file, id => RoundOf(Name(form, (int)id - 1, number: 0)));
        var (database, wal) = (Read(file), Read(file + "-wal"));
        await outbox.DisposeAsync();
        var files = isClosed ? (Read(file), []) : (database, wal);
        foreach (var left in Directory.GetFiles(folder))
        {
            File.Delete(left);
        }

        return new IntactOutbox(form, files.Item1, files.Item2, waiting, marks);
    }

    /// <summary>The keys of the encrypted outboxes in a folder.</summary>
    public static string KeysIn(string folder) => Path.Combine(folder, "keys");

    /// <summary>Opens an outbox.</summary>
    public static SqliteOutbox Open(string file, StoredForm form, string keys) =>
        new(
            new OutboxOptions
            {
                Path = file,
                Encrypt = form == StoredForm.Encrypted,
                KeyDirectory = keys,
            },
            FuzzingTime.Stopped(),
            NullLogger<SqliteOutbox>.Instance
        );

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
        var filler =
            name[0] == FormLetter(StoredForm.Plain)
                ? string.Concat(Enumerable.Repeat(name, repeats))
                : Digits(name, NameBytes * repeats);
        return Encoding.UTF8.GetBytes($"{{\"event_id\":\"{name}\",\"filler\":\"{filler}\"}}");
    }

    /// <summary>Text that follows from a name and compresses to a half: hexadecimal digits.</summary>
    private static string Digits(string name, int length)
    {
        var digits = new StringBuilder();
        for (var part = 0; digits.Length < length; part++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{name}{part}");
            digits.Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text))));
        }

        return digits.ToString(0, length);
    }

    /// <summary>What names begin with. Only the repeated ones of plain chunks are looked for as text.</summary>
    private static char FormLetter(StoredForm form) => form == StoredForm.Plain ? 'e' : 'z';

    private static string ConnectionOf(int round) => round % 3 == 0 ? "tills" : "stores";

    private static string DatasetOf(string connection) => connection == "tills" ? "334" : "333";

    private static string Name(StoredForm form, int round, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{FormLetter(form)}{round:0000}.{number:0000}__");

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

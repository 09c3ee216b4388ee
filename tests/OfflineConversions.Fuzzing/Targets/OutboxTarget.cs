using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
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

/// <summary>
/// A whole outbox: a line with the length of the database file, the file, and its WAL. The service starts with it,
/// takes an event, and reads what is there; damage that only shows while reading is mended by the second start. A file
/// that claims to be of a newer version is refused in words.
/// </summary>
internal sealed class OutboxTarget() : Target("outbox")
{
    private static readonly string Memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(Memory, $"fuzzing-outbox-{Guid.NewGuid():N}"))
        .FullName;

    public override int Executions => 20_000;

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            var sound = Filled(closed: true);
            var (line, file) = Lines.Cut(sound);
            yield return sound;
            yield return Filled(closed: false);

            // What broke once, made of today's file: a format for writers that nobody knows, a version of a later or of
            // no program's, a column of another name.
            yield return Lines.Join(line, With(file, 18, 3));
            yield return Lines.Join(line, With(file, 60, 0xFF));
            yield return Lines.Join(line, With(file, 63, 2));
            yield return Lines.Join(line, With(file, file.AsSpan().IndexOf("payload BLOB"u8) + 1, (byte)'b'));
        }
    }

    // Most of it is the outbox's own: caches, statements, a thread.
    public override long MostAllocated(int inputBytes) => 64L * 1024 * 1024;

    public override byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        var (line, files) = Lines.Cut(input);
        files = files.ToArray();
        for (var changes = random.Next(1, 5); changes > 0 && files.Length > 4096; changes--)
        {
            files = Change(files, random);
        }

        return Lines.Join(line, files);
    }

    public override string? Run(byte[] input)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var file = Path.Combine(folder, "outbox.db");
            var (line, files) = Lines.Cut(input);
            var length = int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var told)
                ? Math.Min(told, files.Length)
                : files.Length;
            File.WriteAllBytes(file, files[..length]);
            FeignReserve(file);
            if (length < files.Length)
            {
                File.WriteAllBytes(file + "-wal", files[length..]);
            }

            return UseAsync(file).GetAwaiter().GetResult() ? null
                : UseAsync(file).GetAwaiter().GetResult() ? null
                : "damage that the second start did not mend";
        }
        catch (SettingUnusableException refused)
            when (refused.InnerException is null && refused.Message.Contains("newer version", StringComparison.Ordinal))
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public override void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Opens and uses it; false where it was found damaged on the way.</summary>
    private static async Task<bool> UseAsync(string file)
    {
        await using var outbox = Open(file);
        try
        {
            if ((await outbox.AppendAsync([Entry("new")], default)).Status == AppendStatus.Unavailable)
            {
                return false; // Where an erasure was not finished either, a lease would wait for the restart.
            }

            for (
                var left = 50;
                left > 0 && (await outbox.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default)).Count > 0;
                left--
            ) { }

            await outbox.FailedAsync(new FailedQuery(), default);
            await outbox.BacklogAsync(default);
            await outbox.LedgerAsync(default);
            await outbox.LastDeliveriesAsync(default);
            await outbox.PausedAsync(default);
            return outbox.Health.Ready;
        }
        catch (SqliteException damage) when (damage.SqliteErrorCode is 11 or 26) // corrupt, not a database
        {
            return false;
        }
    }

    /// <summary>
    /// A reserve of the right length that occupies no room, which the outbox believes: filling one took nine tenths of
    /// an execution's time.
    /// </summary>
    private static void FeignReserve(string file)
    {
        using var reserve = File.Create(file + ".reserve");
        reserve.SetLength(DiskReserve.SizeBytes);
    }

    private static byte[] With(byte[] file, int at, byte value)
    {
        var copy = file.ToArray();
        copy[at] = value;
        return copy;
    }

    private static byte[] Change(byte[] files, Random random)
    {
        const int Page = 4096;
        var at = random.Next(files.Length - 4);
        var page = random.Next(files.Length / Page) * Page;
        switch (random.Next(8))
        {
            case 0:
                files[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                ByteMutation.Number(files.AsSpan(at, 4), random);
                break;
            case 2: // the file's header, or a page's
                files[random.Next(2) == 0 ? random.Next(100) : page + random.Next(12)] = (byte)random.Next(256);
                break;
            case 3: // the schema's page
                files[random.Next(Math.Min(Page, files.Length))] ^= (byte)(1 << random.Next(8));
                break;
            case 4:
                files.AsSpan(page, Page).Fill((byte)(random.Next(2) * 0xA5));
                break;
            case 5:
                files.AsSpan(page, Page).CopyTo(files.AsSpan(random.Next(files.Length / Page) * Page));
                break;
            case 6 when random.Next(4) == 0:
                return files[..at];
            default:
                random.NextBytes(files.AsSpan(at, Math.Min(random.Next(1, 64), files.Length - at)));
                break;
        }

        return files;
    }

    /// <summary>A small outbox with something in each of its tables; closed, or as a crash leaves it.</summary>
    private byte[] Filled(bool closed)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        var file = Path.Combine(folder, "outbox.db");
        byte[] open;
        using (var filled = new Disposing(Open(file)))
        {
            FillAsync(filled.Outbox).GetAwaiter().GetResult();
            open = Files(file);
        }

        var whole = closed ? Files(file) : open;
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

    private static OutboxEntry Entry(string id) =>
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
                    $$$"""{"event_name":"Purchase","event_time":1795262400,"user_data":{"external_id":["{{{id}}}"]},"event_id":"{{{id}}}","custom_data":{"filler":"{{{new string('y', 700)}}}"}}"""
                )
            )
        );

    private static SqliteOutbox Open(string file) =>
        new(new OutboxOptions { Path = file }, FuzzingTime.Stopped(), NullLogger<SqliteOutbox>.Instance);

    private sealed class Disposing(SqliteOutbox outbox) : IDisposable
    {
        public SqliteOutbox Outbox => outbox;

        public void Dispose() => outbox.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}

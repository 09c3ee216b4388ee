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
/// accepts an event, and reads everything; the second start repairs damage that only shows while reading. A file that
/// claims to be of a newer version is refused with a message.
/// </summary>
internal sealed class OutboxFileTarget() : Target("outbox")
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
            var valid = SmallOutboxFile.Create(_folder, isClosed: true);
            var (line, file) = Lines.Cut(valid);
            yield return valid;
            yield return SmallOutboxFile.Create(_folder, isClosed: false);

            // What broke once, made of today's file: an unknown format for writers, an unknown version, a column with
            // another name.
            yield return Lines.Join(line, With(file, 18, 3));
            yield return Lines.Join(line, With(file, 60, 0xFF));
            yield return Lines.Join(line, With(file, 63, 2));
            yield return Lines.Join(line, With(file, file.AsSpan().IndexOf("payload BLOB"u8) + 1, (byte)'b'));
        }
    }

    // Most of it is what an outbox allocates for any file: caches, statements, a thread.
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
            var length = int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var stated)
                ? Math.Min(stated, files.Length)
                : files.Length;
            File.WriteAllBytes(file, files[..length]);
            SmallOutboxFile.WriteEmptyReserve(file);
            if (length < files.Length)
            {
                File.WriteAllBytes(file + "-wal", files[length..]);
            }

            return UseAsync(file).GetAwaiter().GetResult() ? null
                : UseAsync(file).GetAwaiter().GetResult() ? null
                : "damage that the second start did not repair";
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
        await using var outbox = SmallOutboxFile.Open(file);
        try
        {
            if ((await outbox.AppendAsync([SmallOutboxFile.Entry("new")], default)).Status == AppendStatus.Unavailable)
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
}

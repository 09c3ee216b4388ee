using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

namespace OfflineConversions.Fuzzing.Corruption;

/// <summary>
/// Damages files and starts an outbox with each. What must hold: it starts; every payload that it hands out is one that
/// was stored, for its own destination; every event whose own bytes were not touched is handed out; the ledger
/// balances. The count is made from the names in the payloads, not by the code under test.
/// </summary>
internal sealed class CorruptionRun : IDisposable
{
    private const int MostStarts = 3;

    private static readonly string Memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly int _seed;
    private readonly IntactOutbox[] _intact;
    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(Memory, $"corruption-{Guid.NewGuid():N}"))
        .FullName;

    public CorruptionRun(int seed)
    {
        _seed = seed;
        _intact =
        [
            IntactOutbox.CreateAsync(_folder, isClosed: true, settled: 60).GetAwaiter().GetResult(),
            IntactOutbox.CreateAsync(_folder, isClosed: false, settled: 60).GetAwaiter().GetResult(),
            IntactOutbox.CreateAsync(_folder, isClosed: false, settled: 1000, rounds: 92).GetAwaiter().GetResult(),
            Create(StoredForm.Compressed, isClosed: true),
            Create(StoredForm.Compressed, isClosed: false),
            Create(StoredForm.Encrypted, isClosed: true),
            Create(StoredForm.Encrypted, isClosed: false),
        ];
    }

    /// <summary>What was broken, with the number of the file.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>How many files were damaged.</summary>
    public int Files { get; private set; }

    /// <summary>How many waiting events they held.</summary>
    public long Events { get; private set; }

    /// <summary>How many of them the damage did not touch.</summary>
    public long Untouched { get; private set; }

    /// <summary>How many of the untouched were handed out.</summary>
    public long Delivered { get; private set; }

    /// <summary>How many starts were refused because the file said that a newer version wrote it.</summary>
    public int Refused { get; private set; }

    /// <summary>The name of the event of a payload.</summary>
    public static string NameOf(ReadOnlySpan<byte> payload) => Encoding.ASCII.GetString(payload.Slice(13, 12));

    /// <summary>Damages one file. What is done depends only on the seed and the number.</summary>
    public void Damage(int number)
    {
        var random = new Random(unchecked((_seed * 1_000_003) + number));
        var intact = _intact[random.Next(_intact.Length)];
        var (database, wal) = (intact.Database, intact.Wal);
        var what = Corruption.Damage.Apply(ref database, ref wal, random);
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "damaged")).FullName;
        try
        {
            var file = Path.Combine(folder, "outbox.db");
            File.WriteAllBytes(file, database);
            if (wal.Length > 0)
            {
                File.WriteAllBytes(file + "-wal", wal);
            }

            using (var reserve = File.Create(file + ".reserve"))
            {
                reserve.SetLength(DiskReserve.SizeBytes);
            }

            Files++;
            if (CheckAsync(file, intact, intact.Touched(database, wal)).GetAwaiter().GetResult() is { } problem)
            {
                Problems.Add($"{number} ({intact.Form}, {what}): {problem}");
            }
        }
        catch (SettingUnusableException refused)
            when (refused.Message.Contains("newer version", StringComparison.Ordinal))
        {
            Refused++;
        }
#pragma warning disable CA1031 // Whatever is thrown is a finding.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            Problems.Add($"{number} ({intact.Form}, {what}): {thrown}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The result in words.</summary>
    public string Report(TimeSpan time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {Files} damaged files, seed {_seed}: {Events} waiting events, {Untouched} untouched,
            {Delivered} of those delivered, {Refused} starts refused for their version,
            {Problems.Count} problems ({time.TotalSeconds:F0} s)
            {string.Join('\n', Problems.Take(20))}
            """
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IntactOutbox Create(StoredForm form, bool isClosed) =>
        IntactOutbox.CreateAsync(_folder, isClosed, settled: 60, form: form).GetAwaiter().GetResult();

    private async Task<string?> CheckAsync(string file, IntactOutbox intact, IReadOnlySet<string> touched)
    {
        var delivered = new HashSet<string>(StringComparer.Ordinal);
        string? problem = "damage that no start repaired";
        for (var start = 0; start < MostStarts && problem is not null; start++)
        {
            await using var outbox = IntactOutbox.Open(file, intact.Form, IntactOutbox.KeysIn(_folder));
            problem = await UseAsync(outbox, delivered);
        }

        var untouched = intact.Waiting.Where(name => !touched.Contains(name)).ToArray();
        var lost = untouched.Where(name => !delivered.Contains(name)).ToArray();
        Events += intact.Waiting.Count;
        Untouched += untouched.Length;
        Delivered += untouched.Length - lost.Length;
        return problem
            ?? (
                lost.Length > 0 ? $"lost {lost.Length} of {untouched.Length} untouched: {string.Join(' ', lost)}" : null
            );
    }

    /// <summary>Leases everything and reads every list. Null if all of it is as promised.</summary>
    private static async Task<string?> UseAsync(SqliteOutbox outbox, HashSet<string> delivered)
    {
        try
        {
            foreach (var connection in (string[])["stores", "tills"])
            {
                while (
                    await outbox.LeaseAsync(new LeaseRequest(connection, 1000, 1_000_000), default)
                        is { Count: > 0 } chunks
                )
                {
                    foreach (var chunk in chunks)
                    {
                        if (FindDamage(chunk) is { } damage)
                        {
                            return damage;
                        }

                        delivered.UnionWith(chunk.Events.Select(stored => NameOf(stored.Payload.Span)));
                    }
                }
            }

            // What was found damaged is listed by now: the writer works in order.
            await outbox.SetPausedAsync("nothing", paused: false, default);
            var failed = await outbox.FailedAsync(new FailedQuery(Limit: 10_000), default);
            var ledger = await outbox.LedgerAsync(default);
            await outbox.BacklogAsync(default);
            var isBalanced = ledger.All(line =>
                line.Accepted == line.Delivered + line.Waiting + line.Failed + line.Discarded + line.Expired
            );
            return !isBalanced ? $"the ledger does not balance: {string.Join(' ', ledger)}"
                : failed.Count != ledger.Sum(line => line.Failed) ? "the failed list and the ledger differ"
                : outbox.Health.Problem;
        }
        catch (SqliteException damage) when (damage.SqliteErrorCode is 11 or 26) // corrupt, not a database
        {
            return damage.Message;
        }
    }

    private static string? FindDamage(Chunk chunk)
    {
        foreach (var stored in chunk.Events)
        {
            var name = stored.Payload.Length > 30 ? NameOf(stored.Payload.Span) : "";
            if (name.Length != 12 || !stored.Payload.Span.SequenceEqual(PayloadOf(name)))
            {
                return $"sent something damaged: {Encoding.UTF8.GetString(stored.Payload.Span)}";
            }

            if (chunk.Destination != IntactOutbox.DestinationOf(name))
            {
                return $"sent {name} to {chunk.Destination}";
            }
        }

        return null;
    }

    private static byte[] PayloadOf(string name)
    {
        try
        {
            return IntactOutbox.Payload(name);
        }
        catch (FormatException)
        {
            return [];
        }
    }
}

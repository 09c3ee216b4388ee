using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Writing;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Benchmarks.Postgres;

/// <summary>
/// The floor: as many writers as a replica has commit the rows that the service commits, as fast as they can. The
/// content is ready in memory, and nothing is parsed, mapped, hashed, compressed or answered.
/// </summary>
internal sealed class BareChunkWriter(OutboxOptions outbox, TransactionShape shape)
{
    public const int Writers = GroupCommit.Writers;

    private const int DigestBytes = 12;
    private const int JournalColumnBytes = 8;
    private const int PayloadBytes = 1800;
    private static readonly TimeSpan Window = TimeSpan.FromDays(7);
    private static readonly Destination Destination = new("benchmark", MetaApi.ConversionsApi, "1", UploadTag: null);

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(shape.ContentBytes);
    private readonly byte[] _ids = RandomNumberGenerator.GetBytes(shape.Events * JournalColumnBytes);
    private readonly byte[] _journal = RandomNumberGenerator.GetBytes(shape.JournalBytes);
    private long _lastChunk;

    /// <summary>Creates the tables.</summary>
    public async Task PrepareAsync()
    {
        await using var tables = await Service.StoredOutbox.OpenAsync(outbox);
    }

    /// <summary>Writes for some time and returns the events a second.</summary>
    public async Task<double> RunAsync(TimeSpan duration)
    {
        await using var database = new Database(
            NpgsqlDataSource.Create(outbox.ConnectionString!.Reveal()),
            new StoreClock(TimeProvider.System, insteadOfDatabase: null)
        );
        using var stop = new CancellationTokenSource(duration);
        var started = Stopwatch.GetTimestamp();
        var commits = await Task.WhenAll(
            Enumerable.Range(0, Writers).Select(_ => Task.Run(() => WriteAsync(database, stop.Token)))
        );
        return commits.Sum() * (double)shape.Events / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task<long> WriteAsync(Database database, CancellationToken stop)
    {
        var commits = 0L;
        while (!stop.IsCancellationRequested)
        {
            await using var transaction = await database.BeginAsync(TransactionLimits.Short, CancellationToken.None);
            await transaction.StartAsync(Commands(), CancellationToken.None);
            await transaction.CommitAsync();
            commits++;
        }

        return commits;
    }

    /// <summary>What the service runs in three round trips, because it has to read what comes back.</summary>
    private DatabaseCommand[] Commands()
    {
        var now = DateTimeOffset.UtcNow;
        var ends = new long[shape.Events];
        Array.Fill(ends, (now + Window).ToUnixTimeSeconds());
        var ledger = new LedgerDeltas();
        ledger.Accepted(Destination.Connection, shape.Events, shape.Events * PayloadBytes);
        var chunk = new FreshChunk(
            new ChunkNumber(),
            Destination,
            _content,
            shape.Events,
            shape.Events * PayloadBytes,
            now,
            now,
            Attempts: 0
        );
        return
        [
            new("SELECT pg_advisory_xact_lock_shared($1)", WriteTransaction.LockKey),
            new("SELECT edition, slot FROM offlineconversions.state"),
            new(
                """
                INSERT INTO offlineconversions.deduplication_keys (digest, ends_at)
                SELECT * FROM unnest($1::bytea[], $2::bigint[]) ON CONFLICT (digest) DO NOTHING
                """,
                Digests(),
                ends
            ),
            .. ChunkRows.Insert(
                slot: 1,
                [chunk],
                [Interlocked.Increment(ref _lastChunk)],
                [1],
                [_content],
                areEncrypted: false
            ),
            .. Journal(now.ToUnixTimeMilliseconds()),
            .. ledger.Insert(),
        ];
    }

    private DatabaseCommand[] Journal(long now) =>
        [
            new(
                """
                INSERT INTO offlineconversions.journal (
                    id, events, since, until, bytes, has_outcomes, event_ids, order_ids, content)
                VALUES (nextval('offlineconversions.journal_numbers'), $1, $2, $2, $3, false, $4, $4, $5)
                """,
                shape.Events,
                now,
                (2 * _ids.Length) + _journal.Length,
                _ids,
                _journal
            ),
            new(
                """
                INSERT INTO offlineconversions.journal_count_deltas (hour, connection, kind, name, count)
                SELECT $1, 'benchmark', 'kind', name, $3 FROM unnest($2::text[]) AS counted (name)
                """,
                now / 3_600_000,
                Enumerable.Range(0, shape.Counts).Select(number => $"count {number}").ToArray(),
                (long)shape.Events
            ),
        ];

    private byte[][] Digests()
    {
        var digests = new byte[shape.Events][];
        for (var at = 0; at < digests.Length; at++)
        {
            digests[at] = RandomNumberGenerator.GetBytes(DigestBytes);
        }

        Array.Sort(digests, static (one, other) => one.AsSpan().SequenceCompareTo(other));
        return digests;
    }
}

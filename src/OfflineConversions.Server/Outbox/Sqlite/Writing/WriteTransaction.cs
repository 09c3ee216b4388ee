using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// One transaction on the writer's connection, used again and again. What its operations add for one destination is
/// collected here and becomes as few chunk rows as their limits allow.
/// </summary>
internal sealed class WriteTransaction : IDisposable
{
    /// <summary>
    /// A chunk is read into memory whole and goes out in one request, which integrators report to end at about 1 MB.
    /// </summary>
    private const int MaxChunkBytes = 1_000_000;

    /// <summary>The outbox does not know a connection's batch size; delivery cuts a chunk that exceeds it.</summary>
    private const int MostReplayed = 1000;

    private readonly Dictionary<Destination, ChunkBuilder> _fresh = [];
    private readonly Stack<ChunkBuilder> _spare = [];
    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly DestinationRows _destinations;
    private readonly PayloadKeys _payloadKeys;
    private readonly ChunkRows _chunks;
    private readonly FailedRows _failed;
    private readonly LedgerRows _ledger;
    private readonly PausedRows _paused;
    private readonly HaltRows _halts;
    private readonly DeduplicationKeys _keys;

    public WriteTransaction(SqliteConnection connection, PayloadSeal seal)
    {
        _connection = connection;
        _begin = new Statement(connection, "BEGIN IMMEDIATE");
        _commit = new Statement(connection, "COMMIT");
        _rollback = new Statement(connection, "ROLLBACK");
        _destinations = new DestinationRows(connection);
        _payloadKeys = new PayloadKeys(connection, seal);
        _chunks = new ChunkRows(connection, _payloadKeys);
        _failed = new FailedRows(connection, _payloadKeys);
        _ledger = new LedgerRows(connection);
        _paused = new PausedRows(connection);
        _halts = new HaltRows(connection);
        _keys = new DeduplicationKeys(connection);
        Suppressions = new Suppressions(connection);
    }

    /// <summary>The transaction's one idea of the time.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Who was erased. What is written here again, whichever way it comes, is not theirs.</summary>
    public Suppressions Suppressions { get; }

    public void Begin(DateTimeOffset now)
    {
        Now = now;
        _begin.Execute();
    }

    /// <summary>Adds one delivery; false where it is a duplicate.</summary>
    public bool Append(OutboxEntry entry, DeduplicationKey key)
    {
        if (key.Exists && !_keys.TryAdd(key, Now, entry.DeduplicationWindow))
        {
            return false;
        }

        var delivery = entry.Delivery;
        var destination = new Destination(entry.Connection, entry.Api, delivery.DatasetId, delivery.UploadTag);
        Add(destination, new StoredEvent(delivery.Payload, delivery.ExpiresAt, key), entry.ChunkEvents);
        _ledger.Accepted(entry.Connection, 1, delivery.Payload.Length);
        return true;
    }

    /// <summary>Ends one lease; false where the chunk is not there any more.</summary>
    public bool Settle(ChunkSettlement settlement)
    {
        var chunk = settlement.Chunk;
        if (_chunks.Find(chunk.Id) is not { } found)
        {
            return false;
        }

        var due = settlement.Due == default ? found.DueAt : settlement.Due.ToUnixTimeMilliseconds();
        var attempts = chunk.Attempts + (settlement.CountAttempt ? 1 : 0);
        settlement = WithoutErased(settlement, out var erased);
        if (settlement.Keep.Count == chunk.Events.Count)
        {
            _chunks.Defer(chunk.Id, due, attempts);
            if (found.IsIncomplete)
            {
                _chunks.Complete(chunk.Id, ContentOf(settlement));
            }

            return true;
        }

        var destination = _destinations.IdOf(chunk.Destination);
        _chunks.Delete(chunk.Id);
        var kept = Keep(settlement, destination, due, attempts);
        foreach (var burial in settlement.Buried)
        {
            _failed.Insert(destination, Now, attempts, burial, chunk.Events[burial.Index]);
        }

        var delivered = chunk.Events.Count - settlement.Keep.Count - settlement.Buried.Count - erased;
        _ledger.Left(
            chunk.Destination.Connection,
            delivered,
            settlement.Buried.Count,
            erased,
            chunk.Events.Sum(e => (long)e.Payload.Length) - kept,
            Now
        );
        return true;
    }

    /// <summary>Lets selected events between two numbers leave the failed list, at most so many.</summary>
    /// <returns>The number of the last one and how many there were.</returns>
    public (long Last, int Events) Resolve(
        FailedSelection selection,
        Resolution resolution,
        long after,
        long last,
        int most
    )
    {
        var rows = _failed.Find(selection, after, last, most);
        var resolved = rows.Count(row => Resolve(row, resolution));
        return (rows.Count > 0 ? rows[^1].Id : last, resolved);
    }

    /// <summary>Forgets what failed before a time, the oldest first, at most so many.</summary>
    public void ExpireFailed(DateTimeOffset before, int most) =>
        _failed.Before(before, most).ForEach(row => Resolve(row, Resolution.Expire));

    /// <summary>What waits for its time in a dataset is due now.</summary>
    public void Hasten(string name, string dataset) => _chunks.Hasten(name, dataset, Now);

    /// <summary>Lets one row of keys forget those of erased events; gives their number.</summary>
    public int EraseKeys(long row, IReadOnlySet<UInt128> keys) => _keys.Erase(row, keys);

    /// <summary>Notes a connection as paused, or as paused no more.</summary>
    public void SetPaused(string name, bool paused) => _paused.Set(name, paused, Now);

    /// <summary>See <see cref="IConnectionStateStore.HaltAsync"/>.</summary>
    public HaltChange Halt(HaltScope scope, string reason, TimeSpan probeIn) => _halts.Set(scope, reason, probeIn, Now);

    /// <summary>See <see cref="IConnectionStateStore.TryProbeAsync"/>.</summary>
    public bool TryProbe(HaltScope scope, TimeSpan patience) => _halts.TryProbe(scope, patience, Now);

    /// <summary>See <see cref="IConnectionStateStore.ProbeNowAsync"/>.</summary>
    public void ProbeNow(string name) => _halts.ProbeNow(name, Now);

    /// <summary>See <see cref="IConnectionStateStore.EndHaltAsync"/>.</summary>
    public bool EndHalt(HaltScope scope) => _halts.End(scope);

    /// <summary>Writes what was collected and commits: when it returns, everything is on disk.</summary>
    public void Commit()
    {
        foreach (var (destination, content) in _fresh)
        {
            Insert(destination, content);
        }

        _ledger.Flush();
        if (_keys.Flush() is var rows and > 0)
        {
            // Forgetting faster than learning keeps the table as large as the window needs, without a schedule.
            _keys.Prune(Now, 2 * rows);
        }

        _commit.Execute();
        _keys.Keep();
        Suppressions.Keep();
        Recycle();
    }

    /// <summary>Undoes everything, in the file and in memory.</summary>
    public void Rollback()
    {
        try
        {
            // SQLite has already rolled back on some errors, a full disk among them.
            if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                _rollback.Execute();
            }
        }
        finally
        {
            _destinations.Forget();
            _ledger.Forget();
            _keys.Forget();
            _payloadKeys.Forget();
            Suppressions.Forget();
            Recycle();
        }
    }

    /// <summary>
    /// Forgets expired keys where no new ones drive them out, suppressions that have ended, and destinations that
    /// nothing is on its way to.
    /// </summary>
    public void Prune(int most)
    {
        _keys.Prune(Now, most);
        Suppressions.Prune(Now);
        _destinations.Prune();
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _destinations.Dispose();
        _chunks.Dispose();
        _failed.Dispose();
        _ledger.Dispose();
        _paused.Dispose();
        _halts.Dispose();
        _payloadKeys.Dispose();
        Suppressions.Dispose();
        _keys.Dispose();
    }

    private long Keep(ChunkSettlement settlement, long destination, long due, int attempts)
    {
        if (settlement.Keep.Count == 0)
        {
            return 0;
        }

        var kept = ContentOf(settlement);
        _chunks.Insert(destination, settlement.Chunk.CreatedAt, due, attempts, kept);
        return kept.PayloadBytes;
    }

    private static ChunkBuilder ContentOf(ChunkSettlement settlement)
    {
        var kept = new ChunkBuilder();
        foreach (var index in settlement.Keep.Order())
        {
            kept.Add(settlement.Chunk.Events[index]);
        }

        return kept;
    }

    /// <summary>Removes one event from the failed list; false if it cannot be read and so cannot be sent again.</summary>
    private bool Resolve(FailedRow row, Resolution resolution)
    {
        var stored = default(StoredEvent);
        if (resolution == Resolution.Replay)
        {
            var content = _payloadKeys.Read(row.Content, row.Destination.DatasetId);
            if (!content.IsReadable)
            {
                return false;
            }

            stored = content.Events[0];
        }

        var replay = resolution == Resolution.Replay && !Suppressions.Hold(stored.Payload.Span, Now);
        _failed.Delete(row.Id);
        _ledger.Resolved(
            row.Destination.Connection,
            replay || resolution == Resolution.Expire ? resolution : Resolution.Discard,
            stored.Payload.Length
        );
        if (replay)
        {
            Add(row.Destination, stored, MostReplayed);
        }

        return true;
    }

    /// <summary>What is left of a settlement when nothing of erased persons is kept or buried.</summary>
    private ChunkSettlement WithoutErased(ChunkSettlement settlement, out int erased)
    {
        erased = 0;
        if (!Suppressions.Any)
        {
            return settlement;
        }

        bool Stays(int index) => !Suppressions.Hold(settlement.Chunk.Events[index].Payload.Span, Now);
        var rest = settlement with
        {
            Keep = settlement.Keep.Where(Stays).ToArray(),
            Buried = settlement.Buried.Where(burial => Stays(burial.Index)).ToArray(),
        };
        erased = settlement.Keep.Count + settlement.Buried.Count - rest.Keep.Count - rest.Buried.Count;
        return rest;
    }

    private void Add(Destination destination, StoredEvent stored, int chunkEvents)
    {
        var content = ContentOf(destination);
        if (
            content.Events > 0
            && (content.Events >= chunkEvents || content.PayloadBytes + stored.Payload.Length > MaxChunkBytes)
        )
        {
            Insert(destination, content);
        }

        content.Add(stored);
    }

    private void Insert(Destination destination, ChunkBuilder content)
    {
        if (content.Events > 0)
        {
            _chunks.Insert(_destinations.IdOf(destination), Now, Now.ToUnixTimeMilliseconds(), attempts: 0, content);
            content.Clear();
        }
    }

    private ChunkBuilder ContentOf(Destination destination)
    {
        if (!_fresh.TryGetValue(destination, out var content))
        {
            content = _spare.TryPop(out var spare) ? spare : new ChunkBuilder();
            _fresh.Add(destination, content);
        }

        return content;
    }

    private void Recycle()
    {
        foreach (var content in _fresh.Values.Take(4 - _spare.Count))
        {
            content.Clear();
            _spare.Push(content);
        }

        _fresh.Clear();
    }
}

using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>
/// Notes what a transaction does to events, and writes it in the same transaction. The writer's side. Damage in the
/// tables of the journal stops the journal until the next start, never the events.
/// </summary>
internal sealed class JournalRows : IDisposable
{
    /// <summary>A block of so many arrivals gets a row of its own; smaller ones are joined later.</summary>
    public const int LargeBlock = 256;

    private readonly BlockRows _blocks;
    private readonly SettlementRows _settlements;
    private readonly RollUpRows _counts;
    private readonly JournalUpkeep _upkeep;
    private readonly NotedBlocks _noted = new();
    private readonly List<Resolving> _resolved = [];
    private JournalCounters _current;
    private JournalCounters _committed;

    public JournalRows(SqliteConnection connection, ContentEncryption encryption, PayloadEncryption decryption)
    {
        _blocks = new BlockRows(connection, encryption);
        _settlements = new SettlementRows(connection);
        _counts = new RollUpRows(connection);
        _upkeep = new JournalUpkeep(connection, decryption, _blocks, _settlements, _counts);
        _current = _committed = JournalCounters.Read(connection);
    }

    /// <summary>What damage stopped the journal, until the next start; <see langword="null"/> if none did.</summary>
    public SqliteException? Damage { get; private set; }

    /// <summary>Notes the arrivals of one body.</summary>
    /// <param name="arrivals">The arrivals.</param>
    /// <param name="stored">Whether each of their deliveries was stored.</param>
    /// <param name="erased">Whether each delivery's person was erased; empty if none was.</param>
    /// <param name="places">Where each delivery was stored.</param>
    /// <param name="now">The time of the transaction.</param>
    public void Note(
        Arrivals arrivals,
        IReadOnlyList<bool> stored,
        IReadOnlyList<bool> erased,
        ReadOnlySpan<ChunkPlace> places,
        DateTimeOffset now
    )
    {
        if (Damage is not null)
        {
            return;
        }

        _noted.Note(arrivals, stored, erased, places, now);
        foreach (var count in arrivals.Counts?.Invoke(stored) ?? [])
        {
            _counts.Changes.Add(arrivals.Connection, count.Kind, count.Name, count.Count);
        }
    }

    /// <summary>A chunk was settled.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="events">How many events it had.</param>
    /// <param name="attempts">How many attempts were made to send it.</param>
    /// <param name="settlement">What became of its events.</param>
    /// <param name="now">The time of the transaction.</param>
    public void Settled(
        string connection,
        long chunk,
        int events,
        int attempts,
        JournalSettlement settlement,
        DateTimeOffset now
    )
    {
        Write(() => Grow(_settlements.Settled(chunk, now, attempts, settlement)));
        _counts.Changes.Add(connection, events, settlement);
    }

    /// <summary>Meta has answered, and the events of a chunk wait for another attempt.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="answer">What it said; <see langword="null"/> if nothing, which changes nothing.</param>
    /// <param name="now">The time of the transaction.</param>
    public void Answered(long chunk, MetaAnswer? answer, DateTimeOffset now)
    {
        if (answer is not null)
        {
            Write(() => Grow(_settlements.Answered(chunk, now, answer)));
        }
    }

    /// <summary>An event left the failed list.</summary>
    /// <param name="failed">Its number on the list.</param>
    /// <param name="state">What became of it.</param>
    /// <param name="place">Where it waits if it was replayed.</param>
    /// <param name="dataset">The other dataset to which it was replayed.</param>
    public void Resolved(long failed, DeliveryState state, ChunkPlace place, string? dataset = null) =>
        _resolved.Add(new Resolving(failed, state, place, dataset));

    /// <summary>Writes what was noted. The chunks have their numbers by now.</summary>
    public void Flush(DateTimeOffset now)
    {
        Write(() =>
        {
            foreach (var block in _noted.All)
            {
                _counts.Add(block, now);
                Insert(block);
            }

            foreach (var (failed, state, place, dataset) in _resolved)
            {
                Grow(_settlements.Resolved(failed, now, state, place, dataset));
            }

            _counts.Flush(now);
        });
        Clear();
    }

    /// <summary>Joins small rows and forgets old ones, some at a time.</summary>
    public void Maintain(DateTimeOffset now, JournalLimits limits) =>
        Write(() => _current = _upkeep.Run(_current, now, limits));

    /// <summary>Removes some of the ids in clear text.</summary>
    /// <param name="last">The last row that loses them.</param>
    /// <returns>Whether there may be more.</returns>
    public bool RemoveTexts(long last)
    {
        var more = false;
        Write(() => more = _upkeep.RemoveTexts(last));
        return more;
    }

    /// <summary>The changes are on disk.</summary>
    public void Keep() => _committed = _current;

    /// <summary>The changes since the last commit were rolled back.</summary>
    public void Forget()
    {
        _current = _committed;
        _counts.Forget();
        Clear();
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _settlements.Dispose();
        _counts.Dispose();
        _upkeep.Dispose();
    }

    private void Insert(JournalBlock block)
    {
        var isFresh = block.Events < LargeBlock;
        var bytes = _blocks.Insert(block, _current.Next, _current.Total, isFresh);
        _current = new JournalCounters(
            _current.Next + block.Events,
            _current.Total + bytes,
            _current.FreshRows + (isFresh ? 1 : 0),
            _current.FreshEvents + (isFresh ? block.Events : 0)
        );
    }

    private void Grow(int bytes) => _current = _current with { Total = _current.Total + bytes };

    /// <summary>Any other error concerns the disk, and so the events of the transaction as well.</summary>
    private void Write(Action write)
    {
        if (Damage is not null)
        {
            return;
        }

        try
        {
            write();
        }
        catch (SqliteException error)
            when (error.SqliteErrorCode
                    is raw.SQLITE_CORRUPT
                        or raw.SQLITE_NOTADB
                        or raw.SQLITE_CONSTRAINT
                        or raw.SQLITE_MISMATCH
                        or raw.SQLITE_ERROR
            )
        {
            Damage = error;
        }
    }

    private void Clear()
    {
        _noted.Clear();
        _resolved.Clear();
    }

    private readonly record struct Resolving(long Failed, DeliveryState State, ChunkPlace Place, string? Dataset);
}

using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// Copies the chunks of a damaged database. One that is damaged moves to the failed list, because nothing damaged is
/// sent, and its deduplication keys are released, so that its events can be sent to the service again.
/// </summary>
internal sealed class ChunkRecovery(
    FoundDestinations destinations,
    FoundKeys keys,
    PayloadEncryption encryption,
    DateTimeOffset now
)
{
    private readonly HashSet<long> _copied = [];
    private readonly HashSet<UInt128> _waiting = [];
    private readonly Dictionary<long, FoundDamaged> _damaged = [];

    /// <summary>Copies a chunk, unless a version of it was copied already or it is damaged.</summary>
    public void Copy(FoundRow found, RowCopy chunks)
    {
        var row = found.Record;
        if (_copied.Contains(row.RowId))
        {
            return;
        }

        var stored = new RowContent(
            found.Blob("payload"),
            found.Integer("format"),
            ChunkFormat.ReadTime(found.Integer("expires_at")),
            found.Blob("ends")
        );
        var content = row.IsComplete
            ? destinations.Read(found.Integer("destination"), stored, encryption)
            : ChunkContent.Unreadable(ChunkDamage.WrongChecksum);
        if (content.IsReadable)
        {
            CopyIntact(found, content, chunks);
        }
        else if (content.Events.Count > 0 || (row.IsComplete && keys.IsMissed(stored.Payload, encryption)))
        {
            // The first lease separates the damaged events of an earlier version's chunk from the others; the start
            // reports a missing key.
            chunks.Insert(row);
            _copied.Add(row.RowId);
        }
        else
        {
            _damaged.TryAdd(row.RowId, new FoundDamaged(ReadUnreadable(found), stored.ReadKeys(encryption)));
        }
    }

    /// <summary>Writes what was found damaged, and of which no intact version was found, to the failed list.</summary>
    public void BuryUnreadable(SqliteConnection target)
    {
        var lost = _damaged.Where(chunk => !_copied.Contains(chunk.Key)).ToList();
        using var settlements = new SettlementRows(target);
        foreach (var (id, damaged) in lost)
        {
            var attempts = (int)Math.Clamp(damaged.Chunk.Attempts, 0, int.MaxValue);
            settlements.Settled(id, now, attempts, damaged.Chunk.Bury(target, now));
        }

        // An earlier version of a page can show a chunk whose events wait in another one by now.
        var released = lost.SelectMany(chunk => chunk.Value.Keys).Where(key => !_waiting.Contains(key.Stored)).ToList();
        if (released.Count > 0)
        {
            using var rows = new DeduplicationRows(target);
            released.ForEach(key => rows.Release(key, now));
            rows.Flush();
        }
    }

    /// <summary>
    /// The checksum covers the content only, so what the columns repeat is written anew, and their times are limited to
    /// now.
    /// </summary>
    private void CopyIntact(FoundRow found, ChunkContent content, RowCopy chunks)
    {
        _copied.Add(found.Record.RowId);
        _waiting.UnionWith(content.Events.Select(stored => stored.Key.Stored));
        chunks.Insert(
            found.Record,
            new("events", content.Events.Count),
            new("bytes", content.Events.Sum(stored => (long)stored.Payload.Length)),
            new("expires_at", content.Events.Min(stored => stored.ExpiresAt).ToUnixTimeMilliseconds()),
            new("created_at", Math.Clamp(found.Integer("created_at"), 0, now.ToUnixTimeMilliseconds())),
            new("due_at", Math.Clamp(found.Integer("due_at"), 0, now.ToUnixTimeMilliseconds())),
            new("attempts", Math.Clamp(found.Integer("attempts"), 0, int.MaxValue))
        );
    }

    private static UnreadableChunk ReadUnreadable(FoundRow found) =>
        new(
            found.Integer("destination"),
            UnreadableChunk.Plausible(found.Integer("events")),
            found.Integer("attempts")
        );

    /// <param name="Chunk">What moves to the failed list.</param>
    /// <param name="Keys">The deduplication keys that it still shows.</param>
    private sealed record FoundDamaged(UnreadableChunk Chunk, IReadOnlyList<DeduplicationKey> Keys);
}

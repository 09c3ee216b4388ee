using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Server.Outbox.Sqlite.Writing;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// The chunks of a last commit that SQLite ignores because it is not complete. If a power cut or a kill interrupted it,
/// storing its events does no harm: their caller sends them again, and they are duplicates. If its bytes were damaged
/// after it was acknowledged, storing them keeps the promise. Nothing else of the commit is used.
/// </summary>
internal sealed class IncompleteCommit
{
    /// <summary>
    /// The outbox has no access to a connection's batch size; delivery splits a chunk that exceeds it.
    /// </summary>
    private const int MostEvents = 1000;

    private const string Destinations = "destinations";

    private readonly Dictionary<long, IncompleteChunk> _chunks = [];
    private readonly Dictionary<long, StoredDestination> _destinations = [];

    private IncompleteCommit() { }

    /// <summary>Reads it before SQLite opens the file; <see langword="null"/> if there is nothing to store.</summary>
    public static IncompleteCommit? Read(string path, WalFile wal)
    {
        if (wal.Ignored.Count == 0 || !File.Exists(path))
        {
            return null;
        }

        using var pages = new DatabasePages(path, wal, WalView.WithIgnored);

        var commit = new IncompleteCommit();
        var scan = new RowScan(pages, Shapes());

        // A page that is not intact can combine the head of one row, which has the times, with the content of another.
        // The chunk's checksum does not cover its head, so the frame's must.
        foreach (var frame in wal.Ignored.Where(frame => frame.IsValid))
        {
            foreach (var row in scan.RowsOf(pages.PageOf(frame)))
            {
                commit.Add(row);
            }
        }

        return commit._chunks.Count > 0 ? commit : null;
    }

    /// <summary>Stores the events that the open file does not have.</summary>
    /// <returns>How many.</returns>
    public int Store(SqliteConnection connection, PayloadEncryption encryption, DateTimeOffset now)
    {
        using var used = new Statement(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'chunks'");
        var last = used.Scalar();
        var added = _chunks.Where(chunk => chunk.Key > last).OrderBy(chunk => chunk.Key).ToList();
        if (added.Count == 0)
        {
            return 0;
        }

        using var transaction = new WriteTransaction(connection, encryption);
        using var copies = new EarlierCopies(connection, encryption);
        transaction.Begin(now);
        try
        {
            var stored = added.Sum(chunk => Store(transaction, copies, chunk.Value, encryption));
            transaction.Commit();
            return stored;
        }
        catch (SqliteException error)
        {
            // Without room on the disk the service starts without them.
            transaction.Undo(error);
            return 0;
        }
    }

    private void Add(FoundRow found)
    {
        if (!found.Record.IsComplete)
        {
            return;
        }

        if (found.Table.Name == Destinations)
        {
            _destinations[found.Record.RowId] = found.Destination();
        }
        else if (found.Integer("format") == RowContent.Chunk)
        {
            // Chunks of earlier versions have no checksum.
            var content = new RowContent(
                found.Blob("payload"),
                RowContent.Chunk,
                ChunkFormat.ReadTime(found.Integer("expires_at"))
            );
            _chunks[found.Record.RowId] = new IncompleteChunk(
                found.Integer("destination"),
                found.Integer("created_at"),
                content
            );
        }
    }

    private int Store(
        WriteTransaction transaction,
        EarlierCopies copies,
        IncompleteChunk chunk,
        PayloadEncryption encryption
    )
    {
        var stated = copies.FindDestination(chunk.Destination) ?? _destinations.GetValueOrDefault(chunk.Destination);
        if (
            stated?.Value is not { } destination
            || chunk.Content.Read(encryption, stated) is not { IsReadable: true } content
        )
        {
            return 0;
        }

        var earlier = copies.Of(chunk, content.Events, stated);
        var missing = content
            .Events.Where(one => !earlier.Exists(payload => payload.Span.SequenceEqual(one.Payload.Span)))
            .Where(one => !transaction.Suppressions.Contain(one.Payload.Span, transaction.Now))
            .Where(one => TakeKey(transaction, one.Key))
            .ToList();
        var places = new List<ChunkPlace>();
        foreach (var one in missing)
        {
            places.Add(transaction.Fresh.Add(destination, one, MostEvents, transaction.Now));
            transaction.Ledger.Accepted(destination.Connection, 1, one.Payload.Length);
        }

        transaction.Journal.Note(
            RecoveredArrivals.Of(destination, missing),
            [.. missing.Select(_ => true)],
            erased: [],
            [.. places],
            transaction.Now
        );
        return missing.Count;
    }

    /// <summary>Takes the event's key until its own end. False if another copy of the event has it.</summary>
    private static bool TakeKey(WriteTransaction transaction, DeduplicationKey key) =>
        key.HasEnd && key.End > transaction.Now
            ? transaction.Keys.TryTake(key, transaction.Now, key.End - transaction.Now, out _)
            : !key.Exists || !transaction.Keys.IsTaken(key, transaction.Now);

    private static IReadOnlyList<TableShape> Shapes()
    {
        using var empty = new SqliteConnection("Data Source=:memory:");
        empty.Open();
        Schema.Migrate(empty);
        return TableShape.Of(empty, Destinations, "chunks");
    }
}

/// <summary>A chunk of a commit that is not complete.</summary>
/// <param name="Destination">The number of its destination.</param>
/// <param name="CreatedAt">When its events were accepted, in Unix milliseconds.</param>
/// <param name="Content">Its events, not read yet.</param>
internal sealed record IncompleteChunk(long Destination, long CreatedAt, RowContent Content);

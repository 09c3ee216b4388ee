using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Rows;

/// <summary>
/// A chunk whose content is damaged. Its events move to the failed list, one row for each, so that they are counted
/// like any other failed event. The damaged bytes are not kept: nothing can be sent from them, and an erasure could not
/// find a person in them.
/// </summary>
/// <param name="Destination">The number of its destination.</param>
/// <param name="Events">How many events it held.</param>
/// <param name="Attempts">How many attempts were made to send it.</param>
internal readonly record struct UnreadableChunk(long Destination, long Events, long Attempts)
{
    /// <summary>The reason on the failed list.</summary>
    public const string Reason = "unreadable";

    /// <summary>The number of events that a row states, if it makes sense.</summary>
    public static long Plausible(long events) => events is >= 1 and <= ChunkFormat.MostEvents ? events : 1;

    /// <summary>Writes the events to the failed list.</summary>
    /// <returns>What the journal notes.</returns>
    public JournalSettlement Bury(SqliteConnection connection, DateTimeOffset now)
    {
        using var insert = new Statement(
            connection,
            $"""
            WITH RECURSIVE event (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM event WHERE number < ?4)
            INSERT INTO failed (destination, failed_at, attempts, reason, payload, format)
            SELECT ?1, ?2, ?3, '{Reason}', x'', {RowContent.Chunk} FROM event
            """
        );
        insert
            .Bind(1, Destination)
            .Bind(2, now.ToUnixTimeMilliseconds())
            .Bind(3, Math.Clamp(Attempts, 0, int.MaxValue))
            .Bind(4, Events)
            .Execute();
        var first = insert.LastInserted - Events + 1;
        return new JournalSettlement(
            Successor: 0,
            Kept: [],
            Erased: [],
            [
                .. Enumerable
                    .Range(0, (int)Events)
                    .Select(place => new JournalFailure(place, first + place, Reason, null)),
            ]
        );
    }
}

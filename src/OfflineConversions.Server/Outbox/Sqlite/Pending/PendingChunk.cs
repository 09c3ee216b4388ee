using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Pending;

/// <summary>A destination whose events may be on the page.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Destination">Its row.</param>
internal sealed record PendingDestination(long Id, StoredDestination Destination)
{
    /// <summary>What is known of it, also after damage.</summary>
    public Destination Known { get; } =
        Destination.Value
        ?? new Destination(Destination.Connection, default, Destination.DatasetId, Destination.UploadTag);
}

/// <summary>A chunk that may be on the page.</summary>
/// <param name="Row">Its destination.</param>
/// <param name="Position">Its place in the list.</param>
/// <param name="Events">How many events its row states.</param>
internal sealed record PendingChunk(PendingDestination Row, PendingPosition Position, long Events)
{
    /// <summary>The order of the list.</summary>
    public static IComparer<PendingPosition> NewestFirst { get; } =
        Comparer<PendingPosition>.Create(
            (one, other) => (other.StoredAt, other.Chunk).CompareTo((one.StoredAt, one.Chunk))
        );

    /// <summary>The chunk with its content.</summary>
    public WaitingChunk With(int attempts, DateTimeOffset dueAt, bool isInFlight, IReadOnlyList<StoredEvent> events) =>
        new(Position, Row.Known, Events, attempts, dueAt, isInFlight, events);
}

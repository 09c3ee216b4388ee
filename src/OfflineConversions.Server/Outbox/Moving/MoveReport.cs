namespace OfflineConversions.Server.Outbox.Moving;

/// <summary>What a move has moved.</summary>
/// <param name="WasComplete">Whether an earlier process had done everything.</param>
/// <param name="Moved">The rows of each table.</param>
/// <param name="WithoutPlace">What the target has no place for.</param>
/// <param name="Ledger">The ledger of the target.</param>
internal sealed record MoveReport(
    bool WasComplete,
    IReadOnlyList<MoveCount> Moved,
    IReadOnlyList<MoveCount> WithoutPlace,
    IReadOnlyList<LedgerLine> Ledger
);

/// <summary>
/// The move stopped: a store does not work, or the copy is not what it should be. The source still holds everything.
/// </summary>
internal sealed class MoveFailedException(string message, Exception? innerException = null)
    : Exception(message, innerException);

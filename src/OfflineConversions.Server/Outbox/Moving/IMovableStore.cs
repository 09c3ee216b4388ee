namespace OfflineConversions.Server.Outbox.Moving;

/// <summary>
/// A store as one side of a move: its rows in the form that both stores exchange, and the mark that keeps the service
/// away meanwhile. No process of the service uses it at the same time.
/// </summary>
internal interface IMovableStore : IAsyncDisposable
{
    /// <summary>The store in a sentence: <c>the SQLite file 'data/outbox.db'</c>.</summary>
    string Name { get; }

    /// <summary>The mark; <see langword="null"/> if no move ever concerned the store, or one was given up.</summary>
    Task<MoveMark?> ReadMarkAsync();

    /// <summary>
    /// Sets or removes the mark. A move that begins forgets how far earlier ones were.
    /// </summary>
    /// <exception cref="Configuration.SettingUnusableException">
    /// The service uses the store, so it cannot be closed.
    /// </exception>
    Task WriteMarkAsync(MoveMark? mark);

    /// <summary>Whether the store holds no events and nothing about any.</summary>
    Task<bool> IsEmptyAsync();

    /// <summary>Deletes everything but the mark, from the disk too.</summary>
    Task ClearAsync();

    /// <summary>How far the move into this store is, by the name of the table.</summary>
    Task<Dictionary<string, MoveProgress>> ReadProgressAsync();

    /// <summary>Notes how far it is.</summary>
    Task WriteProgressAsync(string table, MoveProgress progress);

    /// <summary>Reads the next rows of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="position">Where it goes on; <see cref="MoveProgress.Start"/> for the first rows.</param>
    Task<MoveSlice> ReadAsync(MoveTable table, long position);

    /// <summary>Writes rows, and in the same transaction how far the move is.</summary>
    Task WriteAsync(MoveTable table, IReadOnlyList<object?[]> rows, MoveProgress progress);

    /// <summary>How many rows a table has; of deduplication keys, how many keys.</summary>
    Task<long> CountAsync(MoveTable table);

    /// <summary>
    /// What the store has and <see cref="MoveTables"/> has not, in the operator's words, with its rows.
    /// </summary>
    Task<IReadOnlyList<MoveCount>> CountWithoutPlaceAsync();
}

/// <summary>Some rows of a table.</summary>
/// <param name="Rows">
/// Their columns in the order of <see cref="MoveTables"/>: whole numbers, texts, bytes, or nothing.
/// </param>
/// <param name="Next">Where the next ones begin.</param>
/// <param name="IsLast">Whether there are no others.</param>
internal sealed record MoveSlice(IReadOnlyList<object?[]> Rows, long Next, bool IsLast);

/// <summary>How far the copy of a table is.</summary>
/// <param name="Position">Where it goes on.</param>
/// <param name="Rows">The rows that were copied.</param>
/// <param name="IsDone">Whether all of them are.</param>
internal readonly record struct MoveProgress(long Position, long Rows, bool IsDone)
{
    /// <summary>Before the first row.</summary>
    public static MoveProgress Start { get; } = new(-1, 0, IsDone: false);
}

/// <summary>How many rows of something.</summary>
internal readonly record struct MoveCount(string Title, long Rows);

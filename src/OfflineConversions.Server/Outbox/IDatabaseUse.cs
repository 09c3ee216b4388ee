namespace OfflineConversions.Server.Outbox;

/// <summary>What a store takes of a database server. A store in a file has none.</summary>
internal interface IDatabaseUse
{
    /// <summary>Reads it; <see langword="null"/> if the store is in no database server.</summary>
    /// <exception cref="OutboxUnavailableException">The database does not work, or is too slow.</exception>
    ValueTask<DatabaseUse?> DatabaseUseAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<DatabaseUse?>(null);
}

/// <summary>What a store takes of a database server.</summary>
/// <param name="Tables">Each table, all partitions of one together.</param>
/// <param name="Partitions">The partitions of the bodies.</param>
/// <param name="Connections">How many sessions of the store's user the server has, by what they do.</param>
internal sealed record DatabaseUse(
    IReadOnlyList<TableUse> Tables,
    PartitionUse Partitions,
    IReadOnlyDictionary<string, long> Connections
);

/// <summary>A table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TableBytes">Its size, with what is stored apart, without indexes.</param>
/// <param name="IndexBytes">The size of its indexes.</param>
/// <param name="LiveRows">Its rows, as the server estimates.</param>
/// <param name="DeadRows">
/// Rows that were deleted or replaced and take room until a vacuum, as the server estimates.
/// </param>
internal sealed record TableUse(string Name, long TableBytes, long IndexBytes, long LiveRows, long DeadRows);

/// <summary>The partitions of the bodies.</summary>
/// <param name="Filled">Those before the current one.</param>
/// <param name="Ahead">Those after it, created ahead.</param>
/// <param name="Oldest">How long ago the oldest one began to be filled.</param>
internal sealed record PartitionUse(long Filled, long Ahead, TimeSpan Oldest);

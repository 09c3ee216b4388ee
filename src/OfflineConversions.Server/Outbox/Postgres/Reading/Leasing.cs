using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Reading;

/// <summary>
/// Leases chunks: claims rows and reads them. What cannot be sent is put away, and the next rows are claimed.
/// </summary>
internal sealed partial class Leasing(
    ChunkClaims claims,
    WriterParts parts,
    Guid owner,
    Action<DamagedEvents> reportBuried,
    ILogger logger
)
{
    /// <summary>So long a chunk waits whose key this replica does not have. Another replica may have it.</summary>
    private static readonly TimeSpan WaitForKey = TimeSpan.FromMinutes(5);

    /// <summary>See <see cref="IOutbox.LeaseAsync"/>.</summary>
    public async Task<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        while (await claims.ClaimAsync(request, cancellationToken) is { Count: > 0 } rows)
        {
            if (await ReadAsync(rows) is { Count: > 0 } chunks)
            {
                return chunks;
            }
        }

        return [];
    }

    /// <summary>The claimed chunks that can be sent.</summary>
    public async Task<IReadOnlyList<Chunk>> ReadAsync(IReadOnlyList<ClaimedRow> rows)
    {
        if (rows.Any(row => row.Edition > parts.Cache.Rows.Edition))
        {
            // Somebody may have been erased since this replica last wrote.
            await using var refresh = await WriteTransaction.BeginAsync(parts, CancellationToken.None);
        }

        var chunks = new List<Chunk>();
        foreach (var row in rows)
        {
            if (Read(row) is not { } chunk)
            {
                await PutAwayAsync(row);
            }
            else if (MayHoldErased(chunk))
            {
                // Returned instead of sent: the writer leaves out what is the person's.
                await WriteTransaction.RunAsync(parts, transaction =>
                    Settling.ApplyAsync(transaction, [ChunkSettlement.Released(chunk)], owner)
                );
            }
            else
            {
                chunks.Add(chunk);
            }
        }

        return chunks;
    }

    /// <summary>A row's chunk; <see langword="null"/> if it cannot be read or is not for its destination.</summary>
    public Chunk? Read(ClaimedRow row) =>
        row is { Content: { } stored, Destination: { } destination }
        && stored.Read(parts.Content.Encryption, destination) is { IsReadable: true } content
            ? new Chunk(row.Id, row.Lease, destination.Value!, content.Events, row.Attempts, row.CreatedAt)
            : null;

    /// <summary>
    /// Takes a claimed chunk that cannot be read out of the way: later its key may be there, or it is damaged.
    /// </summary>
    public async Task PutAwayAsync(ClaimedRow row)
    {
        if (row.Content?.LacksKey(parts.Content.Encryption) == true)
        {
            await WriteTransaction.RunAsync(parts, transaction =>
                UnreadableRows.PostponeAsync(transaction, row.Id, row.Lease.Token, transaction.Now + WaitForKey)
            );
            Log.KeyMissing(logger, row.Id);
        }
        else
        {
            var buried = await WriteTransaction.RunAsync(parts, transaction =>
                UnreadableRows.BuryAsync(
                    transaction,
                    new UnreadableChunk(
                        row.Id,
                        row.Lease.Token,
                        row.DestinationId,
                        row.Destination,
                        row.Events,
                        row.Bytes,
                        row.Attempts
                    )
                )
            );
            if (buried is { } events)
            {
                reportBuried(events);
                Log.ChunkUnreadable(logger, row.Id);
            }
        }
    }

    /// <summary>
    /// Whether a person is in the chunk whose erasure is not finished: the chunk was in flight when it began, at
    /// another replica that did not settle it.
    /// </summary>
    private bool MayHoldErased(Chunk chunk) =>
        parts.Cache.Rows.Suppressions is { Unswept.Count: > 0 } suppressions
        && chunk.Events.Any(stored => suppressions.ContainUnswept(stored.Payload.Span));

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 434,
            Level = LogLevel.Critical,
            Message = "Chunk {Chunk} is encrypted with a key that this replica does not have. It was kept, and waits"
        )]
        public static partial void KeyMissing(ILogger logger, long chunk);

        [LoggerMessage(
            EventId = 435,
            Level = LogLevel.Critical,
            Message = "Chunk {Chunk} was damaged. Its events moved to the failed list as unreadable"
        )]
        public static partial void ChunkUnreadable(ILogger logger, long chunk);
    }
}

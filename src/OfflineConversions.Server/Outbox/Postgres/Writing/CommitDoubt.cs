using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Finds out whether a transaction was committed whose connection broke during the commit. The body of its first chunk
/// shows it: bodies outlive their chunk, and their numbers are used once.
/// </summary>
internal sealed partial class CommitDoubt(Database database, TimeProvider time, ILogger logger)
{
    /// <summary>Callers wait for the answer, and have timeouts of their own.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Commits. If the connection breaks meanwhile, the commit may have arrived. If nothing shows that, callers try
    /// again and find duplicates if it did.
    /// </summary>
    /// <exception cref="CommitInDoubtException">Nothing shows that it arrived.</exception>
    public async Task CommitAsync(WriteTransaction transaction, Availability availability)
    {
        try
        {
            await transaction.CommitAsync();
        }
        catch (CommitInDoubtException error)
        {
            availability.Report(error);
            if (transaction.FirstChunk is { } chunk && !await IsStoredAsync(transaction.Slot, chunk))
            {
                throw;
            }
        }
    }

    /// <summary>Whether the chunk is in the store. False if that cannot be found out in time.</summary>
    private async Task<bool> IsStoredAsync(int slot, long chunk)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Patience)
        {
            try
            {
                return await AskAsync(slot, chunk);
            }
            catch (Exception error) when (DatabaseErrors.Describe(error) is not null)
            {
                await Task.Delay(Pause, time);
            }
        }

        Log.Unknown(logger);
        return false;
    }

    private async Task<bool> AskAsync(int slot, long chunk)
    {
        await using var transaction = await database.BeginAsync(TransactionLimits.Short, CancellationToken.None);

        // Alone, so that it is not the transaction in doubt that is still going on.
        await transaction.StartAsync(
            [new DatabaseCommand("SELECT pg_advisory_xact_lock($1)", WriteTransaction.LockKey)],
            CancellationToken.None
        );
        var found = await transaction.QueryAsync(
            "SELECT EXISTS (SELECT FROM offlineconversions.bodies WHERE slot = $1 AND id = $2)",
            row => row.GetBoolean(0),
            slot,
            chunk
        );
        return found[0];
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 433,
            Level = LogLevel.Warning,
            Message = "Whether the last commit before the database became unavailable was stored could not be found "
                + "out in time; its callers try again, and what was stored is then a duplicate"
        )]
        public static partial void Unknown(ILogger logger);
    }
}

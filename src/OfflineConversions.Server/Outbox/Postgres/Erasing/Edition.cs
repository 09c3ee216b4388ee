using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres.Erasing;

/// <summary>
/// Changes of what every writer of every replica must know. Each waits until no writer is active; those that begin
/// later see it.
/// </summary>
internal static class Edition
{
    /// <summary>How often it is tried to be alone, for a second each time.</summary>
    private const int Tries = 10;

    private static readonly DatabaseCommand Alone = new("SELECT pg_advisory_xact_lock($1)", WriteTransaction.LockKey);

    private static readonly DatabaseCommand Next = new("UPDATE offlineconversions.state SET edition = edition + 1");

    /// <summary>Changes something while no transaction of any replica writes events.</summary>
    public static async Task<T> ChangeAsync<T>(
        Database database,
        Func<DatabaseTransaction, Task<T>> change,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await database.BeginAsync(TransactionLimits.Exclusive, cancellationToken);
                await transaction.StartAsync([Alone, Next], cancellationToken);
                var outcome = await change(transaction);
                await transaction.CommitAsync();
                return outcome;
            }
            catch (Exception busy) when (attempt < Tries && DatabaseErrors.IsBusy(busy))
            {
                // Those who were in the way have been let go first.
            }
        }
    }

    /// <summary>Suppresses a person.</summary>
    public static Task<int> SuppressAsync(
        Database database,
        IReadOnlyCollection<PersonTrace> person,
        DateTimeOffset until,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            database,
            transaction =>
                transaction.ExecuteAsync(
                    """
                    INSERT INTO offlineconversions.suppressed AS known (trace, until, swept)
                    SELECT trace, $2, false FROM unnest($1::bytea[]) AS trace
                    ON CONFLICT (trace) DO UPDATE SET until = greatest(known.until, excluded.until), swept = false
                    """,
                    Bytes(person),
                    transaction.Clock.FromReplica(until, transaction.Now).ToUnixTimeMilliseconds()
                ),
            cancellationToken
        );

    /// <summary>The store no longer holds anything of the person.</summary>
    public static Task<int> SweptAsync(
        Database database,
        IReadOnlyCollection<PersonTrace> person,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            database,
            transaction =>
                transaction.ExecuteAsync(
                    "UPDATE offlineconversions.suppressed SET swept = true WHERE trace = ANY($1::bytea[])",
                    (object)Bytes(person)
                ),
            cancellationToken
        );

    private static byte[][] Bytes(IEnumerable<PersonTrace> person) => [.. person.Select(trace => trace.ToBytes())];
}

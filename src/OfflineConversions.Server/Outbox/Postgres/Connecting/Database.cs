using System.Data;
using Npgsql;

namespace OfflineConversions.Server.Outbox.Postgres.Connecting;

/// <summary>Opens transactions on connections of the pool. Every wait has a limit.</summary>
internal sealed class Database(NpgsqlDataSource source, StoreClock clock) : IAsyncDisposable
{
    /// <summary>The name of the schema that holds everything.</summary>
    public const string Schema = "offlineconversions";

    /// <summary>How often a transaction is tried that another one got in the way of.</summary>
    private const int Tries = 5;

    private readonly ServerWatch _server = new();

    /// <summary>The store's clock.</summary>
    public StoreClock Clock => clock;

    /// <summary>Opens a connection for the checks at the start, which have their own limits.</summary>
    public ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) =>
        source.OpenConnectionAsync(cancellationToken);

    /// <summary>Begins a transaction.</summary>
    public Task<DatabaseTransaction> BeginAsync(TransactionLimits limits, CancellationToken cancellationToken) =>
        BeginAsync(limits, IsolationLevel.ReadCommitted, cancellationToken);

    /// <summary>Reads several statements from one snapshot. It may take longer than other work.</summary>
    /// <exception cref="OutboxUnavailableException">It took too long.</exception>
    public async Task<T> ReadAsync<T>(Func<DatabaseTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginAsync(
            TransactionLimits.Search,
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        await transaction.StartAsync([], cancellationToken);
        try
        {
            return await work(transaction);
        }
        catch (PostgresException slow) when (slow.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            // That one search takes too long says nothing about the work of others.
            throw new OutboxUnavailableException("The search took too long.", slow);
        }
    }

    /// <summary>Runs a transaction, and again if it conflicted with another one.</summary>
    public async Task<T> RunAsync<T>(Func<DatabaseTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await BeginAsync(TransactionLimits.Short, cancellationToken);
                await transaction.StartAsync([], cancellationToken);
                var outcome = await work(transaction);
                await transaction.CommitAsync();
                return outcome;
            }
            catch (PostgresException conflict) when (attempt < Tries && DatabaseErrors.IsConflict(conflict))
            {
                // The other transaction has ended.
            }
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<DatabaseTransaction> BeginAsync(
        TransactionLimits limits,
        IsolationLevel isolation,
        CancellationToken cancellationToken
    )
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
            return new DatabaseTransaction(connection, transaction, clock, _server, limits);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

/// <summary>How long the server lets a transaction's statements run, and wait for locks.</summary>
internal readonly record struct TransactionLimits(TimeSpan Statement, TimeSpan Lock)
{
    /// <summary>Ordinary work.</summary>
    public static TransactionLimits Short { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));

    /// <summary>Searches for the operator.</summary>
    public static TransactionLimits Search { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5));

    /// <summary>What can be left out: the size of the tables.</summary>
    public static TransactionLimits Measure { get; } = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));

    /// <summary>A change for which others have to wait: it gives up early, and is tried again later.</summary>
    public static TransactionLimits Exclusive { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));
}

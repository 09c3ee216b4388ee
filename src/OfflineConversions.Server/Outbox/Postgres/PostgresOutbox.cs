using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Erasing;
using OfflineConversions.Server.Outbox.Postgres.Importing;
using OfflineConversions.Server.Outbox.Postgres.Journal;
using OfflineConversions.Server.Outbox.Postgres.Pending;
using OfflineConversions.Server.Outbox.Postgres.Reading;
using OfflineConversions.Server.Outbox.Postgres.Upkeep;
using OfflineConversions.Server.Outbox.Postgres.Writing;

namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>
/// The outbox in a PostgreSQL database, which several replicas share. <c>README.md</c> beside this file states what
/// must always be true.
/// <para>
/// An append: this file, <see cref="GroupCommit"/>, <see cref="AppendGroup"/>, <see cref="WriteTransaction"/>. A lease:
/// this file, <see cref="Leasing"/>, <see cref="ChunkClaims"/>. A settlement: this file, <see cref="Settling"/>.
/// </para>
/// </summary>
internal sealed partial class PostgresOutbox : IOutboxStore
{
    private static readonly TimeSpan RetryWhenCrowded = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettlementRetry = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger;
    private readonly SteadyTime _time;
    private readonly Guid _owner = Guid.NewGuid();
    private readonly TimeSpan _leaseDuration;
    private readonly Database _database;
    private readonly Availability _availability;
    private readonly WriterParts _parts;
    private readonly AppendQueue _queue;
    private readonly GroupCommit _writer;
    private readonly ChunkClaims _claims;
    private readonly Leasing _leasing;
    private readonly OperatorReader _operator;
    private readonly JournalReader _journal;
    private readonly PostgresFailedList _failed;
    private readonly PostgresPendingList _pending;
    private readonly PostgresConnectionStates _states;
    private readonly PostgresImports _imports;
    private readonly UseReader _use;
    private readonly Erasure _erasure;
    private readonly ReplicaTasks _tasks;
    private readonly PostgresAlerts _alerts;
    private readonly Opening _opening;
    private readonly Maintenance _maintenance;
    private readonly CancellationTokenSource _stopping = new();
    private Supervisor? _supervisor;
    private int _disposed;

    /// <inheritdoc/>
    public OutboxHealth Health =>
        Volatile.Read(ref _disposed) != 0
            ? new OutboxHealth(false, "The outbox is closed.")
            : new OutboxHealth(_availability.Problem is null, _availability.Problem);

    /// <inheritdoc/>
    public TimeSpan LeaseDuration => _leaseDuration;

    /// <summary>The number of transactions committed for callers since the start.</summary>
    public long Commits => _writer.Commits;

    /// <inheritdoc/>
    /// <remarks>An append that has begun is not cancelled: the token is checked only before it.</remarks>
    public ValueTask<AppendResult> AppendAsync(
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        CancellationToken cancellationToken
    )
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<AppendResult>(cancellationToken);
        }

        if (entries.Count == 0 && arrivals is null)
        {
            return ValueTask.FromResult(new AppendResult(AppendStatus.Stored, [], TimeSpan.Zero));
        }

        if (_availability.Problem is not null)
        {
            return ValueTask.FromResult(AppendOperation.Unavailable(GroupCommit.RetryAfterTrouble));
        }

        var append = new AppendOperation(entries, arrivals);
        return _queue.TryAdd(append) ? new(append.Completion) : new(AppendOperation.Unavailable(RetryWhenCrowded));
    }

    /// <inheritdoc/>
    /// <remarks>While the database does not work nothing is due, so delivery pauses without errors.</remarks>
    public async ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        if (_availability.Problem is not null)
        {
            return [];
        }

        try
        {
            await _erasure.ReadyAsync(cancellationToken);
            return await _leasing.LeaseAsync(request, cancellationToken);
        }
        catch (Exception error) when (_availability.Report(error))
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Lease?>> RenewAsync(
        IReadOnlyList<Chunk> chunks,
        CancellationToken cancellationToken
    ) => await _claims.RenewAsync(chunks, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>
    /// Waits for a database that does not work: what Meta has accepted must not be sent again only because that could
    /// not be noted.
    /// </remarks>
    public async ValueTask<IReadOnlyList<SettlementStatus>> SettleAsync(
        IReadOnlyList<ChunkSettlement> settlements,
        CancellationToken cancellationToken
    )
    {
        foreach (var settlement in settlements)
        {
            ChunkSettlement.RequireEachEventOnce(settlement);
        }

        if (settlements.Count == 0)
        {
            return [];
        }

        var isInDoubt = false;
        while (true)
        {
            try
            {
                var statuses = await WriteTransaction.RunAsync(_parts, transaction =>
                    Settling.ApplyAsync(transaction, settlements, _owner)
                );
                return isInDoubt
                    ? Array.ConvertAll(statuses, _ => SettlementStatus.Settled)
                    : Noted(settlements, statuses);
            }
            catch (Exception error) when (!_stopping.IsCancellationRequested && _availability.Report(error))
            {
                // If the commit arrived, its leases are over, and settling again changes nothing.
                isInDoubt |= error is CommitInDoubtException;
            }

            await _availability.WaitAsync(SettlementRetry, TimeProvider.System, _stopping.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken) =>
        await AskAsync(async () =>
            await _database.RunAsync(
                transaction =>
                    transaction.ExecuteAsync(
                        """
                        UPDATE offlineconversions.work SET due_at = $3 WHERE due_at > $3 AND destination IN (
                            SELECT id FROM offlineconversions.destinations WHERE connection = $1 AND dataset = $2)
                        """,
                        connection,
                        dataset,
                        transaction.NowMilliseconds
                    ),
                cancellationToken
            )
        );

    private SettlementStatus[] Noted(IReadOnlyList<ChunkSettlement> settlements, SettlementStatus[] statuses)
    {
        foreach (var (settlement, status) in settlements.Zip(statuses))
        {
            if (status == SettlementStatus.LeaseLost)
            {
                Log.SettledWithoutLease(_logger, settlement.Chunk.Id);
            }
        }

        return statuses;
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 442,
            Level = LogLevel.Information,
            Message = "Closed the outbox in the PostgreSQL database"
        )]
        public static partial void Closed(ILogger logger);

        [LoggerMessage(
            EventId = 443,
            Level = LogLevel.Warning,
            Message = "Did not accept a settlement of chunk {Chunk}: its lease is no longer current"
        )]
        public static partial void SettledWithoutLease(ILogger logger, long chunk);
    }
}

using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tail;

namespace OfflineConversions.Server.Delivery;

/// <summary>When delivery acts: its settings, the waits between attempts, and the clock.</summary>
internal sealed record DeliveryTiming(DeliveryOptions Options, RetrySchedule Retries, SteadyTime Time)
{
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>
    /// By when an event's acceptance window must have closed for the event to be given up: by both clocks, because a
    /// wrong one must not bury it.
    /// </summary>
    public DateTimeOffset EarlierNow => Time.EarlierNow;

    /// <summary>Waits after a failure of the outbox; returns early, without an exception, if cancelled.</summary>
    public async Task PauseAsync(int failures, CancellationToken cancellationToken) =>
        await Task.WhenAny(Task.Delay(Retries.Wait(failures) + Options.RetryBaseDelay, Time, cancellationToken));
}

/// <summary>Where delivery reports: its metrics and its log.</summary>
internal sealed record DeliveryTelemetry(DeliveryMetrics Metrics, LiveTail Tail, ILogger<DeliveryService> Logger);

/// <summary>Chunks of one destination, about as many as one request may have.</summary>
/// <param name="Chunks">The leased chunks; empty if nothing is due.</param>
/// <param name="MayHaveMore">Whether another lease in the same round may find more.</param>
internal readonly record struct LeasedChunks(IReadOnlyList<Chunk> Chunks, bool MayHaveMore);

/// <summary>One connection's side of the outbox: leases chunks, keeps them leased and settles them.</summary>
internal sealed partial class ConnectionQueue(
    string connection,
    IOutbox outbox,
    BatchLimits limits,
    DeliveryTiming timing,
    DeliveryTelemetry telemetry
)
{
    /// <summary>What has waited longer than this, plus the flush interval, is backlog.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly DeliveryOptions _options = timing.Options;
    private bool _freshAreNext;
    private DateTimeOffset _noFreshBefore;

    /// <summary>The connection's name.</summary>
    public string Connection => connection;

    public BatchLimits Limits => limits;

    /// <summary>Where responses are shown to those who are watching.</summary>
    public LiveTail Tail => telemetry.Tail;

    /// <summary>
    /// Leases the oldest chunks. While a backlog drains, every second lease takes fresh chunks if there are any, so
    /// that a sale of this minute does not wait behind those of a whole night.
    /// </summary>
    /// <param name="roundBegan">When the round began: what was stored before has waited for the flush interval.</param>
    /// <param name="isProbe">Leases one chunk only.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<LeasedChunks> LeaseAsync(
        DateTimeOffset roundBegan,
        bool isProbe,
        CancellationToken cancellationToken
    )
    {
        var request = isProbe
            ? new LeaseRequest(connection, 1, 1)
            : new LeaseRequest(connection, limits.MaxEvents, limits.MaxBytes);
        var now = timing.Now;
        var freshSince = now - Fresh - _options.FlushInterval;
        if (_freshAreNext && now >= _noFreshBefore)
        {
            _freshAreNext = false;
            var fresh = await outbox.LeaseAsync(request with { StoredSince = freshSince }, cancellationToken);
            if (!IsFull(fresh))
            {
                _noFreshBefore = now + _options.FlushInterval; // these were all; the next ones wait for more to join
            }

            if (fresh.Count > 0)
            {
                return new LeasedChunks(fresh, true);
            }
        }

        var oldest = await outbox.LeaseAsync(request, cancellationToken);
        _freshAreNext = oldest.Any(chunk => chunk.CreatedAt < freshSince);
        var mayHaveMore = oldest.Count > 0 && (IsFull(oldest) || oldest.Min(chunk => chunk.CreatedAt) < roundBegan);
        return new LeasedChunks(oldest, mayHaveMore);
    }

    /// <summary>Renews the leases of chunks until the result is disposed.</summary>
    public LeaseRenewal KeepLeased(IEnumerable<LeasedChunk> chunks) =>
        new([.. chunks], outbox, timing.Time, telemetry.Logger);

    /// <summary>Reports a batch when the result is disposed.</summary>
    public BatchReport Report(Batch batch) => new(batch, timing.Time, telemetry.Logger);

    /// <summary>Makes what waits in a dataset due now.</summary>
    public ValueTask HastenAsync(string dataset, CancellationToken cancellationToken) =>
        outbox.HastenAsync(connection, dataset, cancellationToken);

    /// <summary>
    /// Settles the chunks whose events all have an outcome. Waits for a failing disk: nothing more is sent that could
    /// not be settled. A settlement whose lease has ended is not repeated, because another caller may have the chunk.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="abandon">
    /// Ends the waiting for the disk. Unsettled chunks are leased again after the restart, and their events are sent
    /// again with the same event ids.
    /// </param>
    public async Task SettleAsync(Batch batch, CancellationToken abandon)
    {
        var settlements = batch.TakeSettlements();
        for (var failures = 0; settlements.Count > 0; failures++)
        {
            try
            {
                Note(settlements, await outbox.SettleAsync(settlements, CancellationToken.None));
                return;
            }
            catch (Exception failure)
            {
                Log.SettlementFailed(telemetry.Logger, failure, connection);
                if (abandon.IsCancellationRequested)
                {
                    return;
                }
            }

            await timing.PauseAsync(failures, abandon);
        }
    }

    private void Note(IReadOnlyList<ChunkSettlement> settlements, IReadOnlyList<SettlementStatus> statuses)
    {
        foreach (var (settlement, status) in settlements.Zip(statuses))
        {
            if (status == SettlementStatus.Settled)
            {
                telemetry.Metrics.Settled(settlement);
            }
            else
            {
                telemetry.Metrics.LeaseLost(settlement.Chunk.Destination);
                Log.LeaseLost(telemetry.Logger, settlement.Chunk.Events.Count, connection);
            }
        }
    }

    private bool IsFull(IReadOnlyList<Chunk> chunks) => chunks.Sum(chunk => chunk.Events.Count) >= limits.MaxEvents;

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 313,
            Level = LogLevel.Error,
            Message = "The outbox failed to store a settlement of connection {Connection}; it was tried again after a "
                + "pause"
        )]
        public static partial void SettlementFailed(ILogger logger, Exception failure, string connection);

        [LoggerMessage(
            EventId = 314,
            Level = LogLevel.Warning,
            Message = "The lease of a chunk of {Events} events of connection {Connection} ended before it was settled; "
                + "its events may be sent again with the same event ids"
        )]
        public static partial void LeaseLost(ILogger logger, int events, string connection);
    }
}

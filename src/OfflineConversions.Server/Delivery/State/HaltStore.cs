using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery.State;

/// <summary>
/// The halts of one connection in the store, which keeps them across a restart. If the store fails, delivery goes by
/// memory alone and the failure is logged. The worst outcome is that a restart has one halt too many, which one probe
/// ends, or one too few, which the next response restores.
/// </summary>
internal sealed partial class HaltStore(string connection, IConnectionStateStore store, ILogger logger)
{
    /// <summary>Claims a probe whose time has come.</summary>
    /// <returns>The time of the next probe, if another process has claimed this one; null if it is ours.</returns>
    public async Task<DateTimeOffset?> ClaimProbeAsync(
        HaltScope scope,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        DateTimeOffset? later = null;
        await TryAsync(
            async () =>
            {
                if (!await store.TryProbeAsync(scope, patience, cancellationToken))
                {
                    var stored = await store.HaltsAsync(cancellationToken);
                    later = stored.FirstOrDefault(halt => halt.Scope == scope)?.ProbeAt;
                }
            },
            cancellationToken
        );
        return later;
    }

    /// <summary>Stores a halt or its new probe time.</summary>
    /// <returns>The halt as stored, with its probe time by the store's clock; null if the store fails.</returns>
    public async Task<Halt?> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    )
    {
        Halt? stored = null;
        await TryAsync(
            async () => stored = (await store.HaltAsync(scope, reason, probeIn, cancellationToken)).Halt,
            cancellationToken
        );
        return stored;
    }

    public Task EndAsync(HaltScope scope, CancellationToken cancellationToken) =>
        TryAsync(async () => await store.EndHaltAsync(scope, cancellationToken), cancellationToken);

    /// <summary>Makes every probe due. A failure is the caller's to handle: an operator asked for it.</summary>
    public async Task ProbeNowAsync(CancellationToken cancellationToken) =>
        await store.ProbeNowAsync(connection, cancellationToken);

    private async Task TryAsync(Func<Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await call().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The process ends, and the store with it.
        }
        catch (Exception failure)
        {
            Log.Failed(logger, failure, connection);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 323,
            Level = LogLevel.Warning,
            Message = "A halt of connection {Connection} could not be stored; until a restart it is kept in memory"
        )]
        public static partial void Failed(ILogger logger, Exception failure, string connection);
    }
}

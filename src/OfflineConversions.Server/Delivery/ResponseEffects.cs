using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// What responses mean for a connection beyond the events of the request: halts, ended halts, slowdowns and warnings.
/// </summary>
internal sealed partial class ResponseEffects(ConnectionState state, TimeProvider time, ILogger logger)
{
    /// <summary>This many responses in a row that are not Meta's are worth a warning.</summary>
    private const int ForeignInARow = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _foreign = new(StringComparer.Ordinal);

    /// <summary>Halts the connection or the dataset; logs it once per halt.</summary>
    public async Task HaltAsync(
        string dataset,
        NextStep.Halt halt,
        GraphResponse response,
        CancellationToken cancellationToken
    )
    {
        if (await state.HaltAsync(Scope(dataset, halt.Level), halt.Reason, cancellationToken))
        {
            Log.Halted(
                logger,
                state.Connection,
                dataset,
                halt.Reason,
                response.Error?.Code,
                response.Error?.Subcode,
                response.TraceId
            );
        }
    }

    /// <summary>Ends the halt that a probe was sent for, unless the response shows that its cause remains.</summary>
    /// <returns>Whether the halt has ended.</returns>
    public async Task<bool> EndProbeAsync(
        HaltScope probe,
        string dataset,
        NextStep step,
        CancellationToken cancellationToken
    )
    {
        // One more refusal does not disprove a halt for too many of them.
        if (
            step is NextStep.Retry
            || (step is NextStep.Halt halt && Scope(dataset, halt.Level) == probe)
            || (step is NextStep.Bury && state.Halts.Find(probe)?.Reason == DeliveryReason.TooManyRefused)
        )
        {
            await state.Halts.ProbeFailedAsync(probe, cancellationToken);
            return false;
        }

        var ended = await state.Halts.EndAsync(probe, cancellationToken);
        if (step is not NextStep.Halt)
        {
            // A probe of the whole connection also shows that its dataset works.
            ended |= await state.Halts.EndAsync(state.Halts.Dataset(dataset), cancellationToken);
        }

        if (ended)
        {
            Log.Resumed(logger, state.Connection, dataset);
        }

        return true;
    }

    /// <summary>Sends nothing of the connection before a time.</summary>
    public void SlowDown(string reason, DateTimeOffset until)
    {
        state.SlowDown(reason, until);
        Log.SlowedDown(logger, state.Connection, reason, until);
    }

    /// <summary>Slows the connection down if Meta's usage headers show that its limit is near.</summary>
    public void NoteUsage(NextStep step, GraphResponse response)
    {
        if (step is NextStep.Retry { SlowDown: not null } || UsageSchedule.Wait(response.Usage) is not { } wait)
        {
            return;
        }

        var until = time.GetUtcNow() + wait;
        if (state.SlowDown(DeliveryReason.NearingLimit, until))
        {
            Log.SlowedDown(logger, state.Connection, DeliveryReason.NearingLimit, until);
        }
    }

    /// <summary>
    /// Warns once if several responses in a row are not Meta's. With a wrong path in the base address, a gateway or a
    /// proxy, no circuit opens and nothing halts, but nothing is delivered either.
    /// </summary>
    public void NoteSender(string dataset, GraphResponse response)
    {
        if (response.Transport != Transport.Responded)
        {
            return;
        }

        int foreign;
        lock (_gate)
        {
            foreign = response.IsFromMeta ? 0 : _foreign.GetValueOrDefault(dataset) + 1;
            _foreign[dataset] = foreign;
        }

        if (foreign == ForeignInARow)
        {
            Log.NotMeta(logger, state.Connection, dataset, response.Status);
        }
    }

    private HaltScope Scope(string dataset, HaltLevel level) =>
        level == HaltLevel.Dataset ? state.Halts.Dataset(dataset) : state.Halts.Everything;

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 301,
            Level = LogLevel.Error,
            Message = "Connection {Connection} halted at dataset {Dataset}: {Reason} (Meta's code {Code}, subcode "
                + "{Subcode}, trace {TraceId}). Its events were kept; it is probed and resumes automatically."
        )]
        public static partial void Halted(
            ILogger logger,
            string connection,
            string dataset,
            string reason,
            int? code,
            int? subcode,
            string? traceId
        );

        [LoggerMessage(
            EventId = 302,
            Level = LogLevel.Information,
            Message = "Connection {Connection} resumed at dataset {Dataset}"
        )]
        public static partial void Resumed(ILogger logger, string connection, string dataset);

        [LoggerMessage(
            EventId = 303,
            Level = LogLevel.Warning,
            Message = "Connection {Connection} was slowed down until {Until}: {Reason}"
        )]
        public static partial void SlowedDown(ILogger logger, string connection, string reason, DateTimeOffset until);

        [LoggerMessage(
            EventId = 304,
            Level = LogLevel.Warning,
            Message = "Connection {Connection} got three responses in a row at dataset {Dataset} that are not Meta's "
                + "(the last with HTTP status {Status}). Check Graph:BaseAddress for a wrong path, and the network for "
                + "a gateway or a proxy. The events were kept and are sent again while Meta's window is open."
        )]
        public static partial void NotMeta(ILogger logger, string connection, string dataset, int status);
    }
}

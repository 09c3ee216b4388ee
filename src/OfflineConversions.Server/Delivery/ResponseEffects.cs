using System.Globalization;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// What responses mean for a connection beyond the events of the request: halts, ended halts, slowdowns and warnings.
/// </summary>
/// <param name="state">The state of the connection.</param>
/// <param name="versionSetting">The setting of the version in its URLs, with its value.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Receives what an operator has to know.</param>
internal sealed partial class ResponseEffects(
    ConnectionState state,
    string versionSetting,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>This many responses in a row that are not Meta's are worth a warning.</summary>
    private const int ForeignInARow = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _foreign = new(StringComparer.Ordinal);
    private readonly RefusalStreaks _refusals = new();

    /// <summary>Halts the connection or the dataset; logs each new reason once.</summary>
    public async Task HaltAsync(
        string dataset,
        NextStep.Halt halt,
        GraphResponse response,
        CancellationToken cancellationToken
    )
    {
        var isNews = await state.HaltAsync(Scope(dataset, halt.Level), halt.Reason, cancellationToken);
        _refusals.End(dataset);
        if (isNews)
        {
            Log.Halted(
                logger,
                state.Connection,
                dataset,
                halt.Reason == DeliveryReason.UnsupportedVersion ? $"{halt.Reason}, {versionSetting}" : halt.Reason,
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
        GraphResponse response,
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
            var next = await state.Halts.ProbeFailedAsync(probe, cancellationToken);
            if (step is NextStep.Bury)
            {
                var tooMany = new NextStep.Halt(DeliveryReason.TooManyRefused, HaltLevel.Dataset);
                await HaltAsync(dataset, tooMany, response, cancellationToken);
            }

            if (step is NextStep.Retry retry && next is { } until)
            {
                NoteProbe(probe, retry, until, response);
            }

            return false;
        }

        var ended = await state.Halts.EndAsync(probe, cancellationToken);
        if (step is not NextStep.Halt)
        {
            // A probe of the whole connection also shows that its dataset works.
            ended |= await state.Halts.EndAsync(state.Halts.Dataset(dataset), cancellationToken);
        }

        if (ended && step is not NextStep.Halt)
        {
            Log.Resumed(logger, state.Connection, dataset);
        }

        return true;
    }

    /// <summary>Meta has refused a single event of a dataset.</summary>
    /// <returns>Whether so many were refused alike that the events are probably not the cause.</returns>
    public bool Refused(string dataset, GraphResponse response) => _refusals.Refused(dataset, response.Error);

    /// <summary>Meta has accepted events of a dataset: logs the end of a slowdown.</summary>
    public void Succeeded(string dataset)
    {
        _refusals.End(dataset);
        if (state.Succeeded() is { Reason: not DeliveryReason.NearingLimit } ended)
        {
            var since = Iso(ended.Since);
            Log.Recovered(logger, state.Connection, ended.Reason, since);
        }
    }

    /// <summary>Sends nothing of the connection before a time; logs each new reason once.</summary>
    public void SlowDown(string reason, DateTimeOffset until, GraphResponse response)
    {
        var detail = reason == DeliveryReason.Unreachable ? Obstacles.Describe(response) : null;
        if (state.SlowDown(reason, until, detail))
        {
            Log.SlowedDown(logger, state.Connection, Iso(until), detail is null ? reason : $"{reason}, {detail}");
        }
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
            Log.SlowedDown(logger, state.Connection, Iso(until), DeliveryReason.NearingLimit);
        }
    }

    /// <summary>
    /// Warns once if several responses in a row are not Meta's. With a wrong path in the base address, a gateway or a
    /// proxy, no circuit opens and nothing halts, but nothing is delivered either.
    /// </summary>
    /// <returns>Whether several responses in a row were not Meta's, so that Meta counts as unreachable.</returns>
    public bool NoteSender(string dataset, GraphResponse response)
    {
        if (response.Transport != Transport.Responded)
        {
            return false;
        }

        int before;
        int foreign;
        lock (_gate)
        {
            before = _foreign.GetValueOrDefault(dataset);
            foreign = response.IsFromMeta ? 0 : before + 1;
            _foreign[dataset] = foreign;
        }

        if (foreign == ForeignInARow)
        {
            Log.NotMeta(logger, state.Connection, dataset, response.Status);
        }
        else if (foreign == 0 && before >= ForeignInARow)
        {
            Log.MetaAgain(logger, state.Connection, dataset);
        }

        return foreign >= ForeignInARow;
    }

    /// <summary>
    /// Reports the problem that a probe met in place of the halt's reason. It slows nothing down: the halt stops what
    /// it is about, and other datasets continue.
    /// </summary>
    private void NoteProbe(HaltScope probe, NextStep.Retry retry, DateTimeOffset until, GraphResponse response)
    {
        var reason = retry.SlowDown ?? DeliveryReason.Unreachable;
        var detail = reason == DeliveryReason.Unreachable ? Obstacles.Describe(response) : null;
        var problem = new ProbeProblem(probe, reason, detail, time.GetUtcNow());
        if (state.NoteProbe(problem, isSlowdown: retry.SlowDown is not null))
        {
            Log.SlowedDown(logger, state.Connection, Iso(until), detail is null ? reason : $"{reason}, {detail}");
        }
    }

    private static string Iso(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

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
        public static partial void SlowedDown(ILogger logger, string connection, string until, string reason);

        [LoggerMessage(
            EventId = 304,
            Level = LogLevel.Warning,
            Message = "Connection {Connection} got three responses in a row at dataset {Dataset} that are not Meta's "
                + "(the last with HTTP status {Status}). Check Graph:BaseAddress for a wrong path, and the network for "
                + "a gateway or a proxy. The events were kept and are sent again while Meta's window is open."
        )]
        public static partial void NotMeta(ILogger logger, string connection, string dataset, int status);

        [LoggerMessage(
            EventId = 305,
            Level = LogLevel.Information,
            Message = "Connection {Connection} recovered: Meta accepted events again after {Reason} since {Since}"
        )]
        public static partial void Recovered(ILogger logger, string connection, string reason, string since);

        [LoggerMessage(
            EventId = 306,
            Level = LogLevel.Information,
            Message = "Connection {Connection} got Meta's responses again at dataset {Dataset}"
        )]
        public static partial void MetaAgain(ILogger logger, string connection, string dataset);
    }
}

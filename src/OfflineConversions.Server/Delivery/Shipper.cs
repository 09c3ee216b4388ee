using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Sends one batch of a connection, part by part, until each of its events has met its fate: delivered, kept for later
/// or buried.
/// </summary>
internal sealed class Shipper(
    Connection connection,
    GraphClient graph,
    ConnectionState state,
    RetrySchedule schedule,
    BatchLimits limits,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>
    /// After so many tries of unknown trouble, halves are tried: one odd event must not hold its neighbours until they
    /// expire.
    /// </summary>
    private const int PatientAttempts = 10;

    /// <summary>Sends a batch.</summary>
    /// <param name="batch">What to send; afterwards every event of it has a fate.</param>
    /// <param name="probe">
    /// The halted scope this batch is to probe: it begins with a single event. Else <see langword="null"/>.
    /// </param>
    /// <param name="settle">Called after each request.</param>
    /// <param name="stopping">Finishes after the request in flight.</param>
    /// <param name="abandon">Gives up the request in flight.</param>
    public async Task SendAsync(
        Batch batch,
        string? probe,
        Func<Batch, Task> settle,
        CancellationToken stopping,
        CancellationToken abandon
    )
    {
        BuryExpired(batch, batch.Whole, time.GetUtcNow());
        var search = new Search(limits.Cut(batch));
        var refusals = new Refusals(batch);
        var credentials = Credentials();
        if (probe is not null)
        {
            search.BeginWithOne();
        }

        var goOn = true;
        while (
            goOn
            && !stopping.IsCancellationRequested
            && (probe is not null || state.MaySend(batch.Destination.DatasetId))
            && search.TryNext(out var part)
        )
        {
            var answer = await graph.SendAsync(Request(batch, part, credentials), abandon);
            var verdict = Classifier.Classify(answer, part.Count);
            WarnOfStrangers(batch, answer);
            var stillHalted = probe is not null && !EndProbe(probe, batch, verdict);
            probe = null;
            if (verdict is NextStep.Bisect || OutlastsPatience(verdict, batch, part))
            {
                search.Divide(part, answer.Error?.EventIndex);
            }
            else
            {
                goOn = Decide(batch, part, verdict, answer, refusals) && !stillHalted;
            }

            if (verdict is NextStep.Complete)
            {
                search.Taken(part);
            }

            SlowAhead(verdict, answer);
            await settle(batch);
        }

        Bury(batch, refusals);
        batch.Keep(batch.Whole, time.GetUtcNow(), tried: false);
        await settle(batch);
    }

    private static bool OutlastsPatience(NextStep verdict, Batch batch, Part part) =>
        verdict is NextStep.Retry { CauseIsUnknown: true }
        && batch.Attempts >= PatientAttempts
        && part == batch.Whole
        && part.Count > 1;

    private GraphCredentials Credentials()
    {
        var options = connection.Options;
        return new GraphCredentials(options.AccessToken?.Reveal(), options.AppSecret?.Reveal(), options.TestEventCode);
    }

    private GraphRequest Request(Batch batch, Part part, GraphCredentials credentials) =>
        new(
            connection.Name,
            batch.Destination.Api,
            batch.Destination.DatasetId,
            batch[part],
            batch.Destination.UploadTag,
            credentials
        );

    /// <summary>Writes a verdict into the ledger.</summary>
    /// <returns>Whether there is sense in sending the next part.</returns>
    private bool Decide(Batch batch, Part part, NextStep verdict, GraphResponse answer, Refusals refusals)
    {
        switch (verdict)
        {
            case NextStep.Complete:
                batch.Deliver(part);
                refusals.Taken();
                state.Succeeded();
                return true;
            case NextStep.Bury(var reason):
                refusals.Add(part.Start, reason, answer);
                if (!refusals.AreTooMany || state.Insists(batch.Destination.DatasetId))
                {
                    return true;
                }

                Halt(batch, DeliveryReason.TooManyRefused, HaltScope.Dataset, answer);
                return false;
            case NextStep.Halt(var reason, var scope):
                Halt(batch, reason, scope, answer);
                return false;
            case NextStep.Retry retry:
                Postpone(batch, part, retry, answer);
                return retry.SlowDown is null;
            default:
                throw new InvalidOperationException("There is no such verdict.");
        }
    }

    /// <summary>
    /// For a wrong path in the base address, a gateway or a proxy no breaker opens and nothing halts, but nothing
    /// arrives either.
    /// </summary>
    private void WarnOfStrangers(Batch batch, GraphResponse answer)
    {
        if (answer.Transport == Transport.Responded && state.Answered(batch.Destination.DatasetId, answer.IsFromMeta))
        {
            ShipperLog.MetStrangers(logger, connection.Name, batch.Destination.DatasetId, answer.Status);
        }
    }

    private void Postpone(Batch batch, Part part, NextStep.Retry retry, GraphResponse answer)
    {
        var attempts = retry.SlowDown switch
        {
            null => batch.Attempts,
            DeliveryReason.Unreachable => 0, // the circuit breaker's own wait grows
            _ => Math.Max(batch.Attempts, state.Slowdowns),
        };
        var due = time.GetUtcNow() + schedule.Wait(attempts, retry.After);
        BuryExpired(batch, part, due, answer);
        batch.Keep(part, due, tried: answer.Transport != Transport.CircuitOpen);
        if (retry.SlowDown is null)
        {
            return;
        }

        state.Slow(retry.SlowDown, due);
        batch.Keep(batch.Whole, due, tried: false);
        ShipperLog.Slowed(logger, connection.Name, retry.SlowDown, due);
    }

    /// <summary>Meta's usage headers may show that the limit is near: what comes next is sent more slowly.</summary>
    private void SlowAhead(NextStep verdict, GraphResponse answer)
    {
        if (verdict is NextStep.Retry { SlowDown: not null } || UsageLimit.Wait(answer.Usage) is not { } wait)
        {
            return;
        }

        var until = time.GetUtcNow() + wait;
        if (state.Slow(DeliveryReason.NearingLimit, until))
        {
            ShipperLog.Slowed(logger, connection.Name, DeliveryReason.NearingLimit, until);
        }
    }

    /// <summary>
    /// Refused events are buried, unless there are so many that they halted the dataset: then they stay.
    /// </summary>
    private void Bury(Batch batch, Refusals refusals)
    {
        var dataset = batch.Destination.DatasetId;
        if (refusals.AreTooMany && !state.Insists(dataset))
        {
            return;
        }

        refusals.BuryAll();
        if (!refusals.AreTooMany)
        {
            state.Calm(dataset);
        }
    }

    /// <summary>
    /// Events whose window is closed by the time of the next attempt would only be refused, and take the whole request
    /// with them.
    /// </summary>
    private void BuryExpired(Batch batch, Part part, DateTimeOffset due, GraphResponse? answer = null)
    {
        if (due < batch.ExpiresAt)
        {
            return;
        }

        for (var i = part.Start; i < part.End; i++)
        {
            var payload = batch[new Part(i, 1)][0];
            if (AcceptanceWindow.ClosesAt(payload, connection.Options, batch.ExpiresAtAround(i)) <= due)
            {
                batch.Bury(i, DeliveryReason.WindowExpired, answer);
            }
        }
    }

    private void Halt(Batch batch, string reason, HaltScope scope, GraphResponse answer)
    {
        // One log line a halt, not one an event.
        if (state.Stop(Scope(batch, scope), reason))
        {
            ShipperLog.Halted(
                logger,
                connection.Name,
                batch.Destination.DatasetId,
                reason,
                answer.Error?.Code,
                answer.Error?.Subcode,
                answer.TraceId
            );
        }
    }

    /// <returns>Whether the trouble is over.</returns>
    private bool EndProbe(string probe, Batch batch, NextStep verdict)
    {
        var dataset = batch.Destination.DatasetId;
        // One more refusal says nothing against a halt for too many of them.
        if (
            verdict is NextStep.Retry
            || (verdict is NextStep.Halt halt && Scope(batch, halt.Scope) == probe)
            || (verdict is NextStep.Bury && state.HaltOf(probe) == DeliveryReason.TooManyRefused)
        )
        {
            state.ProbeFailed(probe);
            return false;
        }

        var resumed = state.Resume(probe);
        if (verdict is not NextStep.Halt)
        {
            resumed |= state.Resume(dataset); // a probe of the whole connection speaks for its dataset too
        }

        if (resumed)
        {
            ShipperLog.Resumed(logger, connection.Name, dataset);
        }

        return true;
    }

    private static string Scope(Batch batch, HaltScope scope) =>
        scope == HaltScope.Dataset ? batch.Destination.DatasetId : ConnectionState.Everything;
}

internal static partial class ShipperLog
{
    [LoggerMessage(
        EventId = 301,
        Level = LogLevel.Error,
        Message = "Connection {Connection} halted at dataset {Dataset}: {Reason} (Meta's code {Code}, subcode {Subcode}, trace {TraceId}). Its events were kept; it is probed and goes on by itself."
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
    public static partial void Slowed(ILogger logger, string connection, string reason, DateTimeOffset until);

    [LoggerMessage(
        EventId = 304,
        Level = LogLevel.Warning,
        Message = "Connection {Connection} got three answers in a row at dataset {Dataset} that are not in Meta's words (the last with HTTP status {Status}): a wrong path in Graph:BaseAddress, a gateway, a proxy? Its events wait and are tried again while Meta's window is open."
    )]
    public static partial void MetStrangers(ILogger logger, string connection, string dataset, int status);
}

using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Sends one batch of a connection, request by request, until each of its events has an outcome: delivered, kept for
/// later, or buried.
/// </summary>
internal sealed class Shipper(
    Connection connection,
    GraphClient graph,
    ConnectionQueue queue,
    ConnectionState state,
    ResponseEffects effects,
    DeliveryTiming timing
)
{
    /// <summary>
    /// After this many attempts with an unknown cause a batch is bisected, so that one odd event does not hold up the
    /// others until they expire.
    /// </summary>
    private const int PatientAttempts = 10;

    /// <summary>Sends a batch and settles its chunks.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="probe">The halt that the batch probes, starting with a single event; null if none.</param>
    /// <param name="stopping">Ends the sending after the request in flight.</param>
    /// <param name="abandon">Cancels the request in flight.</param>
    public async Task SendAsync(Batch batch, HaltScope? probe, CancellationToken stopping, CancellationToken abandon)
    {
        using var report = queue.Report(batch);
        await using var leases = queue.KeepLeased(batch.Chunks);
        batch.BuryExpired(batch.Whole, timing.EarlierNow);
        var bisection = new Bisection(queue.Limits.Cut(batch));
        var refused = new RefusedEvents(batch);
        var credentials = Credentials();
        if (probe is not null)
        {
            bisection.BeginWithOne();
        }

        var dataset = batch.Destination.DatasetId;
        var mayContinue = true;
        while (
            mayContinue
            && !stopping.IsCancellationRequested
            && !leases.AreLost
            && (probe is not null || state.MaySend(dataset))
            && bisection.TryNext(out var range)
        )
        {
            var response = await graph.SendAsync(Request(batch, range, credentials), abandon);
            report.Requested(response);
            var step = Classifier.Classify(response, range.Count);
            // A gateway's 413 is about the size of the request and does not show that Meta is unreachable.
            if (
                effects.NoteSender(dataset, response)
                && response.Status is not 413
                && step is NextStep.Retry { SlowDown: null } retry
            )
            {
                step = retry with { SlowDown = DeliveryReason.Unreachable };
            }

            var isProbe = probe is not null;
            var haltRemains =
                probe is { } probed && !await effects.EndProbeAsync(probed, dataset, step, response, abandon);
            probe = null;
            if (step is NextStep.Bisect || IsWorthBisecting(step, batch, range))
            {
                bisection.Split(range, response.Error?.EventIndex);
            }
            else if (step is NextStep.Bury(var reason))
            {
                refused.Add(range.Start, reason, response);
                mayContinue = await JudgeAsync(refused, dataset, isProbe, response, abandon) && !haltRemains;
            }
            else
            {
                mayContinue = await ApplyAsync(step, response, batch, range, refused, abandon) && !haltRemains;
            }

            if (step is NextStep.Complete)
            {
                bisection.Accepted(range);
            }

            queue.Tail.Show(batch.Destination, range.Count, step, response);
            effects.NoteUsage(step, response);
            await queue.SettleAsync(batch, abandon);
        }

        BuryRefused(batch, refused);
        batch.Keep(batch.Whole, timing.Now, tried: false);
        await queue.SettleAsync(batch, abandon);
    }

    private static bool IsWorthBisecting(NextStep step, Batch batch, EventRange range) =>
        step is NextStep.Retry { CauseIsUnknown: true }
        && batch.Attempts >= PatientAttempts
        && range == batch.Whole
        && range.Count > 1;

    private GraphCredentials Credentials()
    {
        var options = connection.Options;
        return new GraphCredentials(
            options.AccessToken?.Reveal(),
            options.AppSecret?.Reveal(),
            options.TestEventCode,
            options.PartnerAgent
        );
    }

    private GraphRequest Request(Batch batch, EventRange range, GraphCredentials credentials) =>
        new(
            connection.Name,
            batch.Destination.Api,
            batch.Destination.DatasetId,
            batch.Payloads(range),
            batch.Destination.UploadTag,
            credentials
        );

    /// <summary>Applies the next step to the events of a request.</summary>
    /// <returns>Whether the rest of the batch may be sent.</returns>
    private async Task<bool> ApplyAsync(
        NextStep step,
        GraphResponse response,
        Batch batch,
        EventRange range,
        RefusedEvents refused,
        CancellationToken abandon
    )
    {
        var dataset = batch.Destination.DatasetId;
        switch (step)
        {
            case NextStep.Complete:
                batch.Deliver(range, response);
                refused.NoteAccepted();
                effects.Succeeded(dataset);
                return true;
            case NextStep.Halt halt:
                await effects.HaltAsync(dataset, halt, response, abandon);
                batch.Keep(range, timing.Now, tried: false, response);
                return false;
            case NextStep.Retry retry:
                Postpone(retry, response, batch, range);
                return retry.SlowDown is null;
            default:
                throw new InvalidOperationException($"The step {step.GetType().Name} does not apply here.");
        }
    }

    /// <summary>
    /// Decides what a refused event means: bury it, or halt the dataset and keep what is not buried. A dataset that
    /// another batch has halted buries no more, except for its probe.
    /// </summary>
    /// <returns>Whether the rest of the batch may be sent.</returns>
    private async Task<bool> JudgeAsync(
        RefusedEvents refused,
        string dataset,
        bool isProbe,
        GraphResponse response,
        CancellationToken abandon
    )
    {
        if (!isProbe && state.Halts.Find(state.Halts.Dataset(dataset))?.Reason == DeliveryReason.TooManyRefused)
        {
            refused.KeepAll(timing.Now);
            return false;
        }

        var areTooMany = effects.Refused(dataset, response) || refused.AreTooMany;
        if (!areTooMany || state.Halts.IsInsistedOn(dataset))
        {
            refused.BuryIfFew();
            return true;
        }

        var tooMany = new NextStep.Halt(DeliveryReason.TooManyRefused, HaltLevel.Dataset);
        await effects.HaltAsync(dataset, tooMany, response, abandon);
        refused.KeepAll(timing.Now);
        return false;
    }

    private void Postpone(NextStep.Retry retry, GraphResponse response, Batch batch, EventRange range)
    {
        var attempts = retry.SlowDown switch
        {
            null => batch.Attempts,
            _ when response.Transport == Transport.CircuitOpen => 0, // the circuit breaker's wait grows already
            _ => Math.Max(batch.Attempts, state.Slowdowns),
        };
        var wait = timing.Retries.Wait(attempts, retry.After);
        var due = timing.Now + wait;
        batch.BuryExpired(range, timing.EarlierNow + wait, response);
        batch.Keep(range, due, tried: response.Transport != Transport.CircuitOpen, response);
        if (retry.SlowDown is { } reason)
        {
            batch.Keep(batch.Whole, due, tried: false);
            effects.SlowDown(reason, due, response);
        }
    }

    /// <summary>
    /// Buries the refused events that are not kept. A batch of which Meta accepted some ends the operator's insisting.
    /// </summary>
    private void BuryRefused(Batch batch, RefusedEvents refused)
    {
        refused.BuryAll();
        if (refused is { AnyAccepted: true, AreTooMany: false })
        {
            state.Halts.EndInsisting(batch.Destination.DatasetId);
        }
    }
}

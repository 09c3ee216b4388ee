using System.Text.Json;
using OfflineConversions.Cli.Commands;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Importing;

/// <summary>
/// Sends a file, again and again if it must, until its last row is on the service's disk. The service continues after
/// the last row that it has, so that sending again costs time and nothing else.
/// </summary>
internal sealed class ImportRun(
    ServiceClient service,
    ImportRequest request,
    Terminal terminal,
    Action<ImportSnapshot> show
)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>How long the service may not be heard of while the file is on its way.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    /// <summary>How long a response may be on its way after the import has ended.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    private long _rows = -1;
    private long _lastProgress = terminal.Time.GetTimestamp();
    private bool _hasBegun;

    /// <summary>Runs the import to its end.</summary>
    /// <returns>The import as the service describes it, or why it did not end well.</returns>
    public async Task<ImportEnd> RunAsync(CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        while (true)
        {
            var rowsBefore = _rows;
            var step = await SendAsync(cancellationToken);
            if (!step.IsRetry)
            {
                return new ImportEnd(step.Report, step.Failure);
            }

            if (!request.File.CanBeSentAgain)
            {
                return new ImportEnd(
                    null,
                    step.Failure! with
                    {
                        Advice =
                            "Standard input cannot be sent again. Send the same rows with "
                            + $"--id {request.Id}: the import continues after the last row that is on disk.",
                    }
                );
            }

            if (terminal.Time.GetElapsedTime(_lastProgress) > request.Patience)
            {
                return new ImportEnd(
                    null,
                    step.Failure! with
                    {
                        Advice = "Run the same command again later: it continues after the last row that is on disk.",
                    }
                );
            }

            wait = _rows > rowsBefore ? FirstWait : wait;
            await WaitAsync(step, wait, cancellationToken);
            wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
        }
    }

    private async Task WaitAsync(NextStep step, TimeSpan wait, CancellationToken cancellationToken)
    {
        // Spread, so that several programs do not come back at the same moment.
        var spread = wait * (0.5 + terminal.Random.NextDouble() / 2);
        var pause = step.RetryAfter > spread ? step.RetryAfter.Value : spread;
        show(new ImportSnapshot(0, null, $"{step.Failure!.Message} Sending the file again in {Seconds(pause)} s."));
        await Task.Delay(pause, terminal.Time, cancellationToken);
    }

    private async Task<NextStep> SendAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Stream file;
        try
        {
            file = request.File.Open(terminal);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return NextStep.Stop(new Failure(ExitCode.Usage, "The file can no longer be read.", unreadable.Message));
        }

        await using var opened = file;
        using var content = new SentFile(file, request.File.Length, request.File.Type);
        var sending = service.SendWithoutLimitAsync(HttpMethod.Post, request.Route, content, stop.Token);
        var seen = await WatchAsync(sending, content, cancellationToken);
        if (!sending.IsCompleted)
        {
            await stop.CancelAsync();
        }

        try
        {
            return NextStep.After(await sending, _hasBegun, service.FailureOf);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return seen ?? NextStep.Retry(new Failure(ExitCode.Unreachable, "The service does not respond any more."));
        }
    }

    /// <summary>Looks how far the import is while the file is on its way.</summary>
    /// <returns>What follows if the import has ended and its response does not arrive; null otherwise.</returns>
    private async Task<NextStep?> WatchAsync(Task sending, SentFile content, CancellationToken cancellationToken)
    {
        var heard = terminal.Time.GetTimestamp();
        long? ended = null;
        while (await IsSendingAsync(sending, cancellationToken))
        {
            var look = await service.SendAsync(HttpMethod.Get, request.ProgressRoute, null, cancellationToken);
            if (look.Failure is null)
            {
                heard = terminal.Time.GetTimestamp();
            }
            else if (terminal.Time.GetElapsedTime(heard) > LongestSilence)
            {
                return null;
            }

            if (look.Value is not { IsSuccess: true, Json: { } json })
            {
                continue;
            }

            var report = json.As<ImportReport>();
            Note(report);
            show(new ImportSnapshot(content.Sent, report, null));
            if (report.State == ImportReport.Running || content.Sent == 0)
            {
                ended = null;
                continue;
            }

            ended ??= terminal.Time.GetTimestamp();
            if (terminal.Time.GetElapsedTime(ended.Value) > LongestEnd)
            {
                return NextStep.After(report, json);
            }
        }

        return null;
    }

    private async Task<bool> IsSendingAsync(Task sending, CancellationToken cancellationToken)
    {
        await Task.WhenAny(sending, Task.Delay(BetweenLooks, terminal.Time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return !sending.IsCompleted;
    }

    private void Note(ImportReport report)
    {
        _hasBegun = true;
        if (report.Rows > _rows)
        {
            (_rows, _lastProgress) = (report.Rows, terminal.Time.GetTimestamp());
        }
    }

    private static string Seconds(TimeSpan time) => Described.Number((long)Math.Ceiling(time.TotalSeconds));
}

/// <summary>How an import ended.</summary>
/// <param name="Report">What the service says of it; null if it says nothing.</param>
/// <param name="Failure">Why it did not end well; null if it did.</param>
internal sealed record ImportEnd(JsonElement? Report, Failure? Failure);

/// <summary>How far an import is.</summary>
/// <param name="Sent">The bytes of this sending.</param>
/// <param name="Report">What the service says; null before it says anything.</param>
/// <param name="Note">What else happens; null if nothing.</param>
internal sealed record ImportSnapshot(long Sent, ImportReport? Report, string? Note);

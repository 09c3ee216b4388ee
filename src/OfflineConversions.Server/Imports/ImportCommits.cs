using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Imports;

/// <summary>
/// Commits the rows of one run, a batch at a time and in their order. While the outbox cannot take a batch, it waits:
/// the file then stops arriving, and no row is lost.
/// </summary>
internal sealed class ImportCommits(
    IImportStore store,
    EventWriter writer,
    ImportOptions options,
    TimeProvider time,
    RunningImport running,
    ImportContext context
)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    private readonly DryRun? _dryRun = context.IsDryRun ? new DryRun(store) : null;
    private readonly List<RejectedRow> _rejected = [];
    private readonly long _started = time.GetTimestamp();

    /// <summary>The progress after the last commit.</summary>
    public ImportProgress Progress { get; private set; } = context.Before;

    /// <summary>Whether the run is no longer the current one, so that nothing more is stored.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The rejected rows of a dry run, which are stored at its end.</summary>
    public IReadOnlyList<RejectedRow> Rejected => _rejected;

    /// <summary>Commits a batch.</summary>
    /// <param name="connection">The connection with the settings of this file.</param>
    /// <param name="mapped">The batch.</param>
    /// <param name="cancellationToken">Ends the wait for the outbox.</param>
    public async Task CommitAsync(Connection connection, MappedRows mapped, CancellationToken cancellationToken)
    {
        if (mapped.Rows == 0)
        {
            return;
        }

        if (_dryRun is not null)
        {
            var entries = EventWriter.Entries(connection, mapped.Results);
            var tried = await _dryRun.TryAsync(entries, cancellationToken);
            var step = StepAfter(mapped, EventOutcome.From(mapped.Results, tried.Stored, tried.Erased));
            _rejected.AddRange(step.Rejected);
            Advance(step);
            return;
        }

        while (!IsStopped)
        {
            ImportStep? step = null;
            var written = await writer.WriteAsync(connection, mapped.Results, async (entries, arrivals) =>
            {
                var append = await store.AppendImportAsync(
                    context.Run,
                    entries,
                    arrivals,
                    appended =>
                        step = StepAfter(mapped, EventOutcome.From(arrivals.Events, appended.Stored, appended.Erased)),
                    CancellationToken.None
                );
                IsStopped = append.IsStopped;
                return IsStopped ? append.Appended with { Status = AppendStatus.Unavailable } : append.Appended;
            });
            if (written.Outcomes is not null)
            {
                Advance(step!);
                return;
            }

            if (!IsStopped)
            {
                var wait = written.RetryAfter > ShortestWait ? written.RetryAfter : ShortestWait;
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    private ImportStep StepAfter(MappedRows mapped, IReadOnlyList<EventOutcome> outcomes)
    {
        var seconds = Math.Max(time.GetElapsedTime(_started).TotalSeconds, 0.001);
        return ImportTally.Add(
            Progress,
            mapped,
            outcomes,
            options.MaxRejectedRows,
            (Progress.Rows + mapped.Rows - context.Before.Rows) / seconds
        );
    }

    private void Advance(ImportStep step)
    {
        Progress = step.Progress;
        running.Progress = step.Progress;
    }
}

/// <summary>Where a run begins.</summary>
/// <param name="Run">The run.</param>
/// <param name="Before">What earlier runs have committed.</param>
/// <param name="IsDryRun">Whether it stores no event.</param>
internal sealed record ImportContext(ImportRun Run, ImportProgress Before, bool IsDryRun);

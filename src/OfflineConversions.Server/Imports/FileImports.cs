using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports.Reading;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Imports;

/// <summary>
/// Runs imports. The way of a row: <see cref="FilePump"/>, <see cref="FileReader"/>, <see cref="ImportReading"/>,
/// <see cref="RowBatch"/>, <see cref="ImportCommits"/>, and from there the way of any event.
/// </summary>
internal sealed partial class FileImports(
    IImportStore store,
    EventWriter writer,
    RunningImports running,
    ImportMeter meter,
    ServiceOptions options,
    TimeProvider time,
    ILogger<FileImports> logger
)
{
    /// <summary>Imports a file. Completes when its last row is committed, or when it cannot go on.</summary>
    /// <param name="connection">The connection whose events the rows are.</param>
    /// <param name="import">The id and the rest of what the history shows.</param>
    /// <param name="body">The file as it arrives.</param>
    /// <param name="upload">What its sender says about it.</param>
    /// <param name="cancellationToken">Cancelled when the caller is gone or the process stops.</param>
    public async Task<ImportResult> RunAsync(
        Connection connection,
        NewImport import,
        Stream body,
        Upload upload,
        CancellationToken cancellationToken
    )
    {
        if (!running.HasRoom)
        {
            return new ImportResult(ImportStatus.Busy, null, "As many imports run as may (Imports:MaxConcurrent).");
        }

        if (running.Start(import.Id) is not { } current)
        {
            return new ImportResult(ImportStatus.Conflict, null, "The import is running.");
        }

        try
        {
            var begun = await store.BeginImportAsync(
                import,
                time.GetUtcNow() - options.Imports.Retention,
                cancellationToken
            );
            if (begun.IsTaken)
            {
                return new ImportResult(
                    ImportStatus.Conflict,
                    begun.Before,
                    "The id belongs to another import. Choose another id."
                );
            }

            Log.Began(logger, import.Id, import.Connection, import.IsDryRun, begun.Before?.Progress.Rows ?? 0);
            return await RunAsync(connection, import, current, begun, new ImportInput(body, upload), cancellationToken);
        }
        finally
        {
            running.End(import.Id, current);
        }
    }

    private async Task<ImportResult> RunAsync(
        Connection connection,
        NewImport import,
        RunningImport current,
        ImportBeginning begun,
        ImportInput input,
        CancellationToken cancellationToken
    )
    {
        var context = new ImportContext(begun.Run, begun.Before?.Progress ?? ImportProgress.None, import.IsDryRun);
        current.Progress = context.Before;
        var commits = new ImportCommits(store, writer, options.Imports, time, current, context);
        var reading = new ImportReading(connection, commits, context, options.Imports, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, current.Cancelled);
        var outcome = await ReadAsync(reading, input, stop);
        var (status, end) = EndOf(outcome, reading, begun, current);
        // Before its end is stored: a caller who sees the end may send the file again at once.
        running.End(import.Id, current);
        var step = import.IsDryRun ? new ImportStep(commits.Progress, commits.Rejected) : null;
        await store.EndImportAsync(begun.Run, end with { Step = step }, CancellationToken.None);
        var ended = await store.FindImportAsync(import.Id, CancellationToken.None);
        meter.Ended(import, ended?.State ?? end.State, commits.Progress.Rows - context.Before.Rows);
        Log.Ended(
            logger,
            import.Id,
            import.Connection,
            ended?.State ?? end.State,
            commits.Progress.Rows,
            commits.Progress.Accepted,
            commits.Progress.Ignored,
            commits.Progress.Rejected
        );
        return new ImportResult(status, ended, reading.IsOtherFile ? OtherFile : end.Problem);
    }

    private const string OtherFile =
        "The import with this id has another file. Send the same file, or choose another id.";

    /// <summary>Reads the file on a thread of its own, while its bytes arrive on this one.</summary>
    private async Task<Exception?> ReadAsync(ImportReading reading, ImportInput input, CancellationTokenSource stop)
    {
        var pump = new FilePump(options.Imports.IdleTimeout, time);
        var pumping = pump.RunAsync(input.Body, stop.Token);
        var outcome = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            // Many rows are long work. Requests that arrive meanwhile go first.
            LowPriority.Begin();
            outcome.SetResult(Read(reading, pump, input.Upload, stop.Token));
        })
        {
            Name = "import",
            IsBackground = true,
        }.Start();
        var failure = await outcome.Task;
        await stop.CancelAsync();
        await pumping;
        return failure;
    }

    private static Exception? Read(
        ImportReading reading,
        FilePump pump,
        Upload upload,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var file = pump.File;
            reading.Run(file, upload, cancellationToken);
            return null;
        }
#pragma warning disable CA1031 // A defect ends the import, and is reported as one.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    private ImportEnding EndOf(Exception? outcome, ImportReading reading, ImportBeginning begun, RunningImport current)
    {
        if (reading.IsOtherFile)
        {
            var before = begun.Before!;
            var state = before.State == ImportState.Running ? ImportState.Interrupted : before.State;
            return new ImportEnding(ImportStatus.Conflict, new ImportEnd(state, before.Problem));
        }

        if (current.Cancelled.IsCancellationRequested)
        {
            return new ImportEnding(ImportStatus.Ended, new ImportEnd(ImportState.Cancelled));
        }

        switch (outcome)
        {
            case null:
                return new ImportEnding(ImportStatus.Ended, new ImportEnd(ImportState.Completed));
            case OperationCanceledException or UnreadableFileException { Kind: UnreadableFile.Interrupted }:
                return new ImportEnding(
                    ImportStatus.Interrupted,
                    new ImportEnd(ImportState.Interrupted, outcome is UnreadableFileException ? outcome.Message : null)
                );
            case UnreadableFileException unreadable:
                var status = unreadable.Kind switch
                {
                    UnreadableFile.TooLarge => ImportStatus.TooLarge,
                    UnreadableFile.Unsupported => ImportStatus.Unsupported,
                    _ => ImportStatus.Malformed,
                };
                return new ImportEnding(status, new ImportEnd(ImportState.Failed, unreadable.Message));
            default:
                Log.Broke(logger, outcome);
                return new ImportEnding(
                    ImportStatus.Interrupted,
                    new ImportEnd(ImportState.Interrupted, "The service failed. Send the file again to continue.")
                );
        }
    }

    private sealed record ImportInput(Stream Body, Upload Upload);

    private readonly record struct ImportEnding(ImportStatus Status, ImportEnd End);

    private static partial class Log
    {
        [LoggerMessage(
            541,
            LogLevel.Information,
            "Began import {Import} for connection {Connection} (dry run: {DryRun}) after {Rows} rows"
        )]
        public static partial void Began(ILogger logger, string import, string connection, bool dryRun, long rows);

        [LoggerMessage(
            542,
            LogLevel.Information,
            "Import {Import} for connection {Connection} was {State} after {Rows} rows: {Accepted} events accepted, "
                + "{Ignored} ignored, {Rejected} rejected"
        )]
        public static partial void Ended(
            ILogger logger,
            string import,
            string connection,
            ImportState state,
            long rows,
            long accepted,
            long ignored,
            long rejected
        );

        [LoggerMessage(543, LogLevel.Error, "An import failed because of a defect and was interrupted")]
        public static partial void Broke(ILogger logger, Exception defect);
    }
}

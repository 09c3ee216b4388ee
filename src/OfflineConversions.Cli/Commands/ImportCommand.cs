using System.ComponentModel;
using System.Text.Json;
using OfflineConversions.Cli.Completion;
using OfflineConversions.Cli.Importing;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>import</c>: sends a file, shows its progress, and continues after interruptions.</summary>
internal sealed class ImportCommand(Terminal terminal) : ServiceCommand<ImportCommand.Settings>(terminal)
{
    private static readonly TimeSpan LongestCancel = TimeSpan.FromSeconds(10);

    internal sealed class Settings : ServiceSettings
    {
        /// <summary>The file.</summary>
        [CommandArgument(0, "<FILE>")]
        [Description("CSV, or one JSON object per line; also .gz or .zst. - reads standard input")]
        [File]
        public required string File { get; init; }

        /// <summary>The connection.</summary>
        [CommandOption("-c|--connection <NAME>", isRequired: true)]
        [Description("The connection whose sales these are")]
        public required string Connection { get; init; }

        /// <summary>Whether the service only counts.</summary>
        [CommandOption("--dry-run")]
        [Description("Show what would happen, and queue nothing")]
        public bool DryRun { get; init; }

        /// <summary>The id of the import.</summary>
        [CommandOption("--id <ID>")]
        [Description("Id of the import: letters, digits, - and _. Default: made from the file and the connection")]
        public string? Id { get; init; }

        /// <summary>Whether to begin anew.</summary>
        [CommandOption("--again")]
        [Description("Import a file anew that was imported before, to give its rejected rows another try")]
        public bool Again { get; init; }

        /// <summary>The kind of the file.</summary>
        [CommandOption("--type <TYPE>")]
        [Description("csv or ndjson. Default: by the file's name, else by its first character")]
        [Values("csv", "ndjson")]
        public string? Type { get; init; }

        /// <summary>How long to try again.</summary>
        [CommandOption("--retry-for <MINUTES>")]
        [Description("Send the file again after an interruption, for so many minutes without progress, 0 to 1440")]
        [DefaultValue(10)]
        public int RetryFor { get; init; } = 10;

        /// <summary>Whether rejected rows are a problem.</summary>
        [CommandOption("--strict")]
        [Description("End with 1 if any row was rejected")]
        public bool Strict { get; init; }

        public override ValidationResult Validate() =>
            Again && Id is not null
                ? ValidationResult.Error("--again makes a new id, so it cannot be combined with --id.")
            : RetryFor is < 0 or > 1440 ? ValidationResult.Error("--retry-for must be 0 to 1440 minutes.")
            : Type is not (null or "csv" or "ndjson") ? ValidationResult.Error("--type must be csv or ndjson.")
            : base.Validate();
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var file = ImportFile.Find(settings.File, settings.Type);
        if (file.Failure is not null)
        {
            return file.Failure;
        }

        var request = new ImportRequest(
            file.Value,
            settings.Connection,
            await IdAsync(file.Value, settings, cancellationToken),
            settings.DryRun,
            TimeSpan.FromMinutes(settings.RetryFor)
        );
        var earlier = await FindEarlierAsync(service, request, cancellationToken);
        if (earlier.Failure is not null)
        {
            return earlier.Failure;
        }

        Announce(screen, request, earlier.Value);
        try
        {
            var end = await new ImportDisplay(screen, file.Value.Length, Terminal.Time).RunAsync(show =>
                new ImportRun(service, request, Terminal, show).RunAsync(cancellationToken)
            );
            return await FinishAsync(service, settings, screen, end, earlier.Value, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await CancelAsync(service, request, screen);
        }
    }

    private async Task<string> IdAsync(ImportFile file, Settings settings, CancellationToken cancellationToken) =>
        settings.Id
        ?? (
            settings.DryRun || settings.Again || !file.CanBeSentAgain
                ? Guid.CreateVersion7(Terminal.Time.GetUtcNow()).ToString("N")
                : await file.IdAsync(settings.Connection, cancellationToken)
        );

    /// <summary>
    /// The import as it was before. Also shows, before a large file is on its way, that service and key are right.
    /// </summary>
    private static async Task<Result<ImportReport?>> FindEarlierAsync(
        ServiceClient service,
        ImportRequest request,
        CancellationToken cancellationToken
    )
    {
        var found = await service.GetAsync(request.ProgressRoute, cancellationToken);
        return found.Failure is null ? found.Value.As<ImportReport>()
            : found.Failure.Code == ExitCode.NotFound ? (ImportReport?)null
            : found.Failure;
    }

    private static void Announce(Screen screen, ImportRequest request, ImportReport? earlier)
    {
        if (earlier is { DryRun: false } && !request.IsDryRun)
        {
            screen.Note(
                earlier.State == ImportReport.Completed
                    ? $"This file was imported on {Words.Of(earlier.StartedAt)}. Nothing is queued twice."
                    : $"Continues import {earlier.Id}: {Words.Of(earlier.Rows, "row")} are on disk already."
            );
        }
        else if (!request.IsDryRun)
        {
            screen.Note($"Import {request.Id}. If it is interrupted, run the same command again.");
        }
    }

    private static async Task<Failure?> FinishAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        ImportEnd end,
        ImportReport? earlier,
        CancellationToken cancellationToken
    )
    {
        if (end.Report is not { } json)
        {
            return end.Failure;
        }

        var report = json.As<ImportReport>();
        if (screen.IsJson)
        {
            screen.Json(json);
        }
        else if (end.Failure is null || report.State != ImportReport.Completed)
        {
            await ImportSummary.ShowAsync(screen, service, report, cancellationToken);
        }

        if ((end.Failure ?? NextStep.FailureOf(report)) is { } failure)
        {
            return failure;
        }

        if (earlier is { State: ImportReport.Completed, DryRun: false, Rejected: > 0 })
        {
            screen.Note("Nothing changed. To give the rejected rows another try, add --again.");
        }

        return settings.Strict && report.Rejected > 0
            ? new Failure(ExitCode.Problem, $"{Words.Of(report.Rejected, "row")} were rejected.")
            : null;
    }

    /// <summary>Ctrl+C: cancels the import at the service, so that it does not wait to be continued.</summary>
    private async Task<Failure> CancelAsync(ServiceClient service, ImportRequest request, Screen screen)
    {
        using var limit = new CancellationTokenSource(LongestCancel, Terminal.Time);
        Result<JsonElement> cancelled;
        try
        {
            cancelled = await service.PostAsync($"{request.ProgressRoute}/cancel", json: null, limit.Token);
        }
        catch (OperationCanceledException)
        {
            cancelled = Failures.TooSlow(service.Address, LongestCancel);
        }

        if (cancelled.Failure is not null)
        {
            return new Failure(
                ExitCode.Interrupted,
                "Interrupted. The service did not accept the cancellation, so the import counts as interrupted.",
                "What was queued stays queued. Run the same command again to continue."
            );
        }

        var report = cancelled.Value.As<ImportReport>();
        if (screen.IsJson)
        {
            screen.Json(cancelled.Value);
        }

        return new Failure(
            ExitCode.Interrupted,
            report.DryRun
                ? $"Cancelled after {Words.Of(report.Rows, "row")} of the dry run. Nothing was queued."
                : $"Cancelled after {Words.Of(report.Rows, "row")}. {Words.Of(report.Accepted, "event")} are queued "
                    + "and stay so.",
            report.DryRun ? null : "To go on after that row, run the same command again."
        );
    }
}

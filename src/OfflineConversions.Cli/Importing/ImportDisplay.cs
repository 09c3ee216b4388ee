using System.Globalization;
using OfflineConversions.Cli.Output;
using Spectre.Console;

namespace OfflineConversions.Cli.Importing;

/// <summary>Shows how far an import is: a bar for a person, lines for a log, nothing beside JSON.</summary>
internal sealed class ImportDisplay(Screen screen, long? length, TimeProvider time)
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    /// <summary>Runs the import and shows it.</summary>
    public Task<ImportEnd> RunAsync(Func<Action<ImportSnapshot>, Task<ImportEnd>> run) =>
        screen.IsWatched ? WithBarAsync(run) : run(Lines());

    /// <summary>How far it is, in words.</summary>
    public static string Text(ImportReport report) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Rows:N0} rows, {report.RowsPerSecond:N0} a second; {report.Accepted:N0} accepted, "
                + $"{report.Ignored:N0} ignored, {report.Rejected:N0} rejected"
        );

    private async Task<ImportEnd> WithBarAsync(Func<Action<ImportSnapshot>, Task<ImportEnd>> run)
    {
        var end = new ImportEnd(null, null);
        await screen
            .Errors.Progress()
            .AutoClear(true)
            .Columns(
                new SpinnerColumn(),
                new ProgressBarColumn { Width = 30 },
                new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left }
            )
            .StartAsync(async context =>
            {
                var task = context.AddTask("connecting", maxValue: Math.Max(length ?? 0, 1));
                task.IsIndeterminate = length is null;
                end = await run(snapshot =>
                {
                    if (snapshot.Report is { } report)
                    {
                        // Sent bytes are at most a megabyte ahead of the rows that are on disk.
                        task.Value = length is null ? 0 : Math.Min(snapshot.Sent, length.Value);
                        task.Description = Text(report);
                    }
                    else if (snapshot.Note is { } note)
                    {
                        task.Description = Markup.Escape(SafeText.Of(note));
                    }
                });
            });
        return end;
    }

    private Action<ImportSnapshot> Lines()
    {
        var last = time.GetTimestamp();
        return snapshot =>
        {
            if (snapshot.Note is { } note)
            {
                screen.Note(note);
            }
            else if (snapshot.Report is { } report && time.GetElapsedTime(last) >= BetweenLines)
            {
                last = time.GetTimestamp();
                screen.Note(Text(report));
            }
        };
    }
}

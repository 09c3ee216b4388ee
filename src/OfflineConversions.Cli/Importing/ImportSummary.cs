using System.Globalization;
using System.Text;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Importing;

/// <summary>What came of an import, for a person.</summary>
internal static class ImportSummary
{
    private const int RejectedShown = 10;

    /// <summary>Shows it, with the first rejected rows.</summary>
    public static async Task ShowAsync(
        Screen screen,
        ServiceClient service,
        ImportReport report,
        CancellationToken cancellationToken
    )
    {
        Show(screen, report);
        if (report.Rejected == 0)
        {
            return;
        }

        var rejected = await RejectedAsync(service, report.Id, cancellationToken);
        if (rejected.Failure is not null || rejected.Value.Count <= 1)
        {
            return;
        }

        screen.Line();
        screen.Line("Rejected rows (row 1 is the first of the file, usually the header):");
        screen.Table(
            ["ROW", "COLUMN", "REASON"],
            rejected.Value.Skip(1).Take(RejectedShown).Select(line => line.Split(','))
        );
        if (report.Rejected > RejectedShown)
        {
            screen.Line($"All of them: offline-conversions rejected {report.Id}");
        }
    }

    /// <summary>Shows it.</summary>
    public static void Show(Screen screen, ImportReport report)
    {
        var kind = report.DryRun ? "Dry run" : "Import";
        screen.Line($"{kind} {report.Id} for connection {report.Connection}: {report.State}");
        if (report.Problem is { } problem)
        {
            screen.Line($"  {problem}");
        }

        screen.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  rows      {Words.Of(report.Rows).PadLeft(12)}  ({report.RowsPerSecond:N0} a second)"
            )
        );
        Count(screen, "accepted", report.Accepted, report.DryRun ? "nothing was queued" : "");
        Count(screen, "ignored", report.Ignored, "");
        Count(screen, "rejected", report.Rejected, "");
        if (report.Reasons is { Count: > 0 })
        {
            screen.Line($"  reasons   {Words.Counts(report.Reasons)}");
        }

        if (report.Warnings is { Count: > 0 })
        {
            screen.Line($"  warnings  {Words.Counts(report.Warnings)}");
        }
    }

    /// <summary>The lines of the list of rejected rows, its header first.</summary>
    public static async Task<Result<IReadOnlyList<string>>> RejectedAsync(
        ServiceClient service,
        string id,
        CancellationToken cancellationToken
    )
    {
        var route = ImportRequest.RouteOf(id) + "/rejected";
        var reply = await service.SendAsync(HttpMethod.Get, route, content: null, cancellationToken);
        return reply.Failure is { } failure ? failure
            : !reply.Value.IsSuccess ? service.FailureOf(reply.Value)
            : Encoding.UTF8.GetString(reply.Value.Body).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Count(Screen screen, string name, long count, string remark) =>
        screen.Line(
            string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {name.PadRight(8)}  {Words.Of(count).PadLeft(12)}  {remark}"
                )
                .TrimEnd()
        );
}

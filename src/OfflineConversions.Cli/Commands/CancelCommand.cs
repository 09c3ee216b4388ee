using System.ComponentModel;
using OfflineConversions.Cli.Importing;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary>The settings of a command about one import.</summary>
internal sealed class ImportIdSettings : ServiceSettings
{
    /// <summary>The import.</summary>
    [CommandArgument(0, "<ID>")]
    [Description("The id of the import")]
    public required string Id { get; init; }
}

/// <summary><c>cancel</c>: cancels an import that runs or is interrupted.</summary>
internal sealed class CancelCommand(Terminal terminal) : ServiceCommand<ImportIdSettings>(terminal)
{
    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        ImportIdSettings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var route = $"{ImportRequest.RouteOf(settings.Id)}/cancel";
        var cancelled = await service.PostAsync(route, json: null, cancellationToken);
        if (cancelled.Failure is not null)
        {
            return cancelled.Failure;
        }

        var report = cancelled.Value.As<ImportReport>();
        if (screen.IsJson)
        {
            screen.Json(cancelled.Value);
        }
        else
        {
            ImportSummary.Show(screen, report);
        }

        return report.State == ImportReport.Cancelled
            ? null
            : new Failure(ExitCode.Problem, $"The import had ended before: it is {report.State}.");
    }
}

/// <summary><c>rejected</c>: the rejected rows of an import, as CSV.</summary>
internal sealed class RejectedCommand(Terminal terminal) : ServiceCommand<ImportIdSettings>(terminal)
{
    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        ImportIdSettings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var rejected = await ImportSummary.RejectedAsync(service, settings.Id, cancellationToken);
        if (rejected.Failure is not null)
        {
            return rejected.Failure;
        }

        if (!screen.IsJson)
        {
            foreach (var line in rejected.Value)
            {
                screen.Line(line);
            }

            return null;
        }

        screen.Json(
            new
            {
                Items = rejected
                    .Value.Skip(1)
                    .Select(line => line.Split(','))
                    .Select(cells => new
                    {
                        Row = long.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture),
                        Column = cells[1].Length > 0 ? cells[1] : null,
                        Reason = cells[2],
                    }),
            }
        );
        return null;
    }
}

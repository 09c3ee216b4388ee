using System.ComponentModel;
using OfflineConversions.Cli.Importing;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>imports</c>: the history of imports, or one import.</summary>
internal sealed class ImportsCommand(Terminal terminal) : ServiceCommand<ImportsCommand.Settings>(terminal)
{
    internal sealed class Settings : ServiceSettings
    {
        /// <summary>The only import to show.</summary>
        [CommandArgument(0, "[ID]")]
        [Description("The only import to show")]
        public string? Id { get; init; }

        /// <summary>The most imports to list.</summary>
        [CommandOption("-n|--limit <COUNT>")]
        [Description("List at most so many imports, the newest first, 1 to 1000")]
        [DefaultValue(20L)]
        public long Limit { get; init; } = 20;

        public override ValidationResult Validate() =>
            Limit is < 1 or > 1000 ? ValidationResult.Error("--limit must be 1 to 1000.") : base.Validate();
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var found = await service.GetAsync(
            settings.Id is { } id
                ? ImportRequest.RouteOf(id)
                : Described.Route("/api/imports", ("limit", Described.Number(settings.Limit))),
            cancellationToken
        );
        if (found.Failure is not null)
        {
            return found.Failure;
        }

        if (screen.IsJson)
        {
            screen.Json(found.Value);
        }
        else if (settings.Id is not null)
        {
            await ImportSummary.ShowAsync(screen, service, found.Value.As<ImportReport>(), cancellationToken);
        }
        else
        {
            Show(
                screen,
                [.. found.Value.GetProperty("items").EnumerateArray().Select(item => item.As<ImportReport>())]
            );
        }

        return null;
    }

    private static void Show(Screen screen, IReadOnlyList<ImportReport> imports)
    {
        if (imports.Count == 0)
        {
            screen.Line("There is no import.");
            return;
        }

        screen.Table(
            ["ID", "CONNECTION", "STARTED", "STATE", "ROWS", "ACCEPTED", "IGNORED", "REJECTED", "BY"],
            imports.Select(one =>
                (string[])
                    [
                        one.Id,
                        one.Connection,
                        Words.Of(one.StartedAt),
                        one.DryRun ? $"{one.State} (dry run)" : one.State,
                        Words.Of(one.Rows),
                        Words.Of(one.Accepted),
                        Words.Of(one.Ignored),
                        Words.Of(one.Rejected),
                        one.By ?? "",
                    ]
            )
        );
    }
}

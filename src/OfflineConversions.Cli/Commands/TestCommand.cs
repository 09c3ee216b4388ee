using System.ComponentModel;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>test</c>: whether a connection could deliver, without recording an event.</summary>
internal sealed class TestCommand(Terminal terminal) : ServiceCommand<TestCommand.Settings>(terminal)
{
    internal sealed class Settings : ServiceSettings
    {
        /// <summary>The connection.</summary>
        [CommandArgument(0, "<NAME>")]
        [Description("The connection to test")]
        public required string Name { get; init; }
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var tested = await service.PostAsync(
            $"/api/connections/{Uri.EscapeDataString(settings.Name)}/test",
            json: null,
            cancellationToken
        );
        if (tested.Failure is not null)
        {
            return tested.Failure;
        }

        var finding = tested.Value.As<ConnectionFinding>();
        if (screen.IsJson)
        {
            screen.Json(tested.Value);
        }
        else
        {
            foreach (var one in finding.Datasets)
            {
                var word = one.Ok ? "ok" : "problem";
                screen.Line($"{word.PadRight(8)} dataset {one.DatasetId}: {one.Message}");
            }
        }

        return finding.Ok ? null : new Failure(ExitCode.Problem, $"{settings.Name} cannot deliver as it is.");
    }
}

/// <summary>What the test of a connection found.</summary>
internal sealed record ConnectionFinding(bool Ok, IReadOnlyList<DatasetFinding> Datasets);

/// <summary>What the test found of one dataset.</summary>
internal sealed record DatasetFinding(string DatasetId, bool Ok, string? Reason, string Message);

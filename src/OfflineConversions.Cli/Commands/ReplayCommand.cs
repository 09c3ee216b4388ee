using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>replay</c>: counts failed events, asks, and sends them again.</summary>
internal sealed class ReplayCommand(Terminal terminal) : ServiceCommand<ReplayCommand.Settings>(terminal)
{
    private static readonly JsonSerializerOptions Writing = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    internal sealed class Settings : FailedSettings
    {
        /// <summary>Ids on the failed list.</summary>
        [CommandArgument(0, "[IDS]")]
        [Description("Ids on the failed list, as `failed` prints them")]
        public long[] Ids { get; init; } = [];

        /// <summary>Whether to replay every failed event.</summary>
        [CommandOption("--all")]
        [Description("Every failed event")]
        public bool All { get; init; }

        /// <summary>Another dataset for the events.</summary>
        [CommandOption("--to-dataset <ID>")]
        [Description("Send the events of a --connection to this dataset instead of their own")]
        public string? ToDataset { get; init; }

        /// <summary>Whether only to count.</summary>
        [CommandOption("--dry-run")]
        [Description("Only show what would be replayed")]
        public bool DryRun { get; init; }

        /// <summary>Whether to go ahead without a question.</summary>
        [CommandOption("-y|--yes")]
        [Description("Do not ask")]
        public bool Yes { get; init; }

        public override ValidationResult Validate()
        {
            var isNarrowed = (Connection ?? Reason ?? Since ?? Until) is not null;
            return Ids.Length > 0 && (isNarrowed || All)
                    ? ValidationResult.Error(
                        "IDS cannot be combined with --all, --connection, --reason, --since or --until."
                    )
                : isNarrowed && All ? ValidationResult.Error("--all cannot be combined with a condition.")
                : Ids.Length == 0 && !isNarrowed && !All
                    ? ValidationResult.Error(
                        "Select events: IDS, --connection, --reason, --since or --until; or --all."
                    )
                : ToDataset is not null && Connection is null
                    ? ValidationResult.Error("--to-dataset needs --connection: a dataset belongs to one token.")
                : base.Validate();
        }
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var plan = await ReplayAsync(service, settings, isDryRun: true, cancellationToken);
        if (plan.Failure is not null)
        {
            return plan.Failure;
        }

        var events = plan.Value.GetProperty("events").GetInt64();
        if (settings.DryRun || events == 0)
        {
            return await ShowPlanAsync(service, settings, screen, plan.Value, cancellationToken);
        }

        if (!settings.Yes)
        {
            if (!screen.CanAsk)
            {
                return new Failure(
                    ExitCode.Usage,
                    $"{Words.Of(events, "event")} would be replayed. Nothing was.",
                    "Repeat the command with --yes, or look first with --dry-run."
                );
            }

            await ShowPlanAsync(service, settings, screen, plan.Value, cancellationToken);
            if (!screen.Agrees($"Send {Words.Of(events, "event")} again?"))
            {
                return new Failure(ExitCode.Problem, "Nothing was replayed.");
            }
        }

        var replayed = await ReplayAsync(service, settings, isDryRun: false, cancellationToken);
        if (replayed.Failure is not null)
        {
            return replayed.Failure;
        }

        Show(screen, replayed.Value);
        return null;
    }

    private static void Show(Screen screen, JsonElement replayed)
    {
        if (screen.IsJson)
        {
            screen.Json(replayed);
            return;
        }

        screen.Line($"{Words.Of(replayed.GetProperty("events").GetInt64(), "event")} will be sent again.");
        if (replayed.TryGetProperty("skipped", out var skipped) && skipped.GetInt64() > 0)
        {
            screen.Line(
                $"{Words.Of(skipped.GetInt64(), "event")} stay on the list: another copy was accepted meanwhile."
            );
        }
    }

    private static async Task<Failure?> ShowPlanAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        JsonElement plan,
        CancellationToken cancellationToken
    )
    {
        if (screen.IsJson)
        {
            screen.Json(plan);
            return null;
        }

        screen.Line($"{Words.Of(plan.GetProperty("events").GetInt64(), "event")} would be sent again.");
        if (settings.Ids.Length > 0 || plan.GetProperty("events").GetInt64() == 0)
        {
            return null;
        }

        var causes = await FailedCauses.ReadAsync(service, settings, cancellationToken);
        if (causes.Failure is null)
        {
            FailedCauses.Show(screen, causes.Value);
        }

        return causes.Failure;
    }

    private static Task<Result<JsonElement>> ReplayAsync(
        ServiceClient service,
        Settings settings,
        bool isDryRun,
        CancellationToken cancellationToken
    )
    {
        var request = new
        {
            Ids = settings.Ids.Length > 0 ? settings.Ids : null,
            settings.Connection,
            settings.Reason,
            Since = settings.SinceUtc,
            Until = settings.UntilUtc,
            All = settings.All ? true : (bool?)null,
            ToDatasetId = settings.ToDataset,
            DryRun = isDryRun,
        };
        return service.PostAsync("/api/failed/replay", JsonSerializer.Serialize(request, Writing), cancellationToken);
    }
}

using System.ComponentModel;
using System.Text.Json;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>failed</c>: the events that Meta refused or that expired, by cause or one by one.</summary>
internal sealed class FailedCommand(Terminal terminal) : ServiceCommand<FailedCommand.Settings>(terminal)
{
    private const int MostOfPage = 1000;

    internal sealed class Settings : FailedSettings
    {
        /// <summary>Whether to group the events by their cause.</summary>
        [CommandOption("--causes")]
        [Description("Group the events by their cause")]
        public bool Causes { get; init; }

        /// <summary>The most events to list.</summary>
        [CommandOption("-n|--limit <COUNT>")]
        [Description("List at most so many events, the newest first")]
        [DefaultValue(20L)]
        public long Limit { get; init; } = 20;

        public override ValidationResult Validate() =>
            Limit < 1 ? ValidationResult.Error("--limit must be 1 or more.") : base.Validate();
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    ) =>
        settings.Causes
            ? await ShowCausesAsync(service, settings, screen, cancellationToken)
            : await ShowEventsAsync(service, settings, screen, cancellationToken);

    private static async Task<Failure?> ShowCausesAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var causes = await FailedCauses.ReadAsync(service, settings, cancellationToken);
        if (causes.Failure is not null)
        {
            return causes.Failure;
        }

        if (screen.IsJson)
        {
            screen.Json(causes.Value);
        }
        else
        {
            FailedCauses.Show(screen, causes.Value);
        }

        return null;
    }

    private static async Task<Failure?> ShowEventsAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        List<JsonElement> events = [];
        string? cursor = "";
        while (cursor is not null && events.Count < settings.Limit)
        {
            var route = Described.Route(
                $"/api/failed?cursor={cursor}",
                ("connection", settings.Connection),
                ("reason", settings.Reason),
                ("since", settings.SinceUtc),
                ("until", settings.UntilUtc),
                ("limit", Described.Number(Math.Min(MostOfPage, settings.Limit - events.Count)))
            );
            var page = await service.GetAsync(route, cancellationToken);
            if (page.Failure is not null)
            {
                return page.Failure;
            }

            events.AddRange(page.Value.GetProperty("items").EnumerateArray());
            cursor = page.Value.GetProperty("next").GetString();
        }

        if (screen.IsJson)
        {
            screen.Json(new { Items = events, Next = cursor });
            return null;
        }

        Show(screen, [.. events.Select(one => one.As<FailedEvent>())]);
        if (cursor is not null)
        {
            screen.Note("There are more: --limit, or --causes for a summary.");
        }

        return null;
    }

    private static void Show(Screen screen, IReadOnlyList<FailedEvent> events)
    {
        if (events.Count == 0)
        {
            screen.Line("No event has failed.");
            return;
        }

        screen.Table(
            ["ID", "FAILED AT", "CONNECTION", "EVENT", "EVENT ID", "REASON", "CODE", "FIELD"],
            events.Select(one =>
                (string[])
                    [
                        Described.Number(one.Id),
                        Words.Of(one.FailedAt),
                        one.Connection,
                        one.EventName ?? "",
                        one.EventId ?? "",
                        one.Reason,
                        one.Code is { } code ? $"{code}{(one.Subcode is { } sub ? $"/{sub}" : "")}" : "",
                        one.Field ?? "",
                    ]
            )
        );
        foreach (var (reason, title, remedy) in events.Select(one => (one.Reason, one.Title, one.Remedy)).Distinct())
        {
            screen.Line();
            screen.Line($"{reason}{(title is null ? "" : $" ({title})")}: {remedy}");
        }
    }

    private sealed record FailedEvent(
        long Id,
        string Connection,
        string? EventId,
        string? EventName,
        DateTimeOffset FailedAt,
        string Reason,
        int? Code,
        int? Subcode,
        string? Title,
        string? Field,
        string? Remedy
    );
}

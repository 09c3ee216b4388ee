using System.ComponentModel;
using System.Text.Json;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>events</c>: what became of a sale, by the event's id or the order's number.</summary>
internal sealed class EventsCommand(Terminal terminal) : ServiceCommand<EventsCommand.Settings>(terminal)
{
    internal sealed class Settings : ServiceSettings
    {
        /// <summary>The id.</summary>
        [CommandArgument(0, "<ID>")]
        [Description("The event's id; if there is no such event, the number of an order")]
        public required string Id { get; init; }

        /// <summary>Whether the id is the number of an order.</summary>
        [CommandOption("--order")]
        [Description("ID is the number of an order")]
        public bool Order { get; init; }
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(service, settings, cancellationToken);
        if (found.Failure is not null)
        {
            return found.Failure;
        }

        if (screen.IsJson)
        {
            screen.Json(found.Value);
            return null;
        }

        var reports = found.Value.TryGetProperty("items", out var items)
            ? items.EnumerateArray().Select(item => item.As<EventReport>())
            : [found.Value.As<EventReport>()];
        foreach (var report in reports)
        {
            Show(screen, report, settings.Id);
        }

        return null;
    }

    private static async Task<Result<JsonElement>> FindAsync(
        ServiceClient service,
        Settings settings,
        CancellationToken cancellationToken
    )
    {
        if (!settings.Order)
        {
            var byEvent = await SearchAsync(service, "eventId", settings.Id, cancellationToken);
            if (byEvent.Failure is not { Code: ExitCode.NotFound })
            {
                return byEvent;
            }
        }

        return await SearchAsync(service, "orderId", settings.Id, cancellationToken);
    }

    private static async Task<Result<JsonElement>> SearchAsync(
        ServiceClient service,
        string parameter,
        string id,
        CancellationToken cancellationToken
    )
    {
        var route = Described.Route("/api/events", (parameter, id));
        var reply = await service.SendAsync(HttpMethod.Get, route, content: null, cancellationToken);
        if (reply.Failure is not null)
        {
            return reply.Failure;
        }

        return reply.Value is { Status: 404, Json: { } json } && json.TryGetProperty("knownSince", out _)
                ? NotKnown(id, json.As<NotKnownReport>())
            : reply.Value is { IsSuccess: true, Json: { } known } ? known
            : service.FailureOf(reply.Value);
    }

    private static Failure NotKnown(string id, NotKnownReport report) =>
        new(
            ExitCode.NotFound,
            $"Nothing is known of {id}: no such event has arrived since {Words.Of(report.KnownSince)}.",
            report.Remedy
        );

    private static void Show(Screen screen, EventReport report, string asked)
    {
        screen.Line(report.EventId is { } id ? $"Event {id}" : $"An event of order {asked}");
        foreach (var arrival in report.Occurrences)
        {
            var why = arrival.Reason is { } reason ? $" ({reason})" : "";
            screen.Line(
                $"  {Words.Of(arrival.ReceivedAt)}  {arrival.Connection}  {SafeText.Of(arrival.EventName)}: "
                    + $"{arrival.Outcome}{why}"
            );
            Explain(screen, arrival.Meaning, arrival.Remedy, "    ");
            if (arrival.Warnings.Count > 0)
            {
                screen.Line($"    Warnings: {string.Join(", ", arrival.Warnings)}");
            }

            foreach (var delivery in arrival.Deliveries)
            {
                Show(screen, delivery);
            }
        }
    }

    private static void Show(Screen screen, EventDelivery delivery)
    {
        var why = delivery.Reason is { } reason ? $" ({reason})" : "";
        var at = delivery.DeliveredAt ?? delivery.ChangedAt;
        screen.Line(
            $"    {delivery.EventName} to dataset {delivery.DatasetId}: {delivery.State}{why}"
                + (at is null ? "" : $" at {Words.Of(at)}")
                + $", {Words.Of(delivery.Attempts, "attempt")}"
                + (delivery.NextAttemptAt is null ? "" : $", next at {Words.Of(delivery.NextAttemptAt)}")
        );
        Explain(screen, delivery.Meaning, delivery.Remedy, "      ");
        if (delivery.Meta is { } meta)
        {
            var subcode = meta.Subcode is { } sub ? $"{sub}" : SafeText.Nothing;
            var error = meta.Code is null ? "" : $"code {meta.Code}, subcode {subcode}, {SafeText.Of(meta.Title)}, ";
            screen.Line($"      Meta: {error}fbtrace_id {SafeText.Of(meta.FbtraceId)}");
        }
    }

    private static void Explain(Screen screen, string? meaning, string? remedy, string indent)
    {
        if (meaning is not null || remedy is not null)
        {
            screen.Line(indent + string.Join(' ', new[] { meaning, remedy }.OfType<string>()));
        }
    }

    private sealed record EventReport(string? EventId, IReadOnlyList<Occurrence> Occurrences);

    private sealed record Occurrence(
        string Connection,
        string? EventName,
        DateTimeOffset ReceivedAt,
        string Outcome,
        string? Reason,
        string? Meaning,
        string? Remedy,
        IReadOnlyList<string> Warnings,
        IReadOnlyList<EventDelivery> Deliveries
    );

    private sealed record EventDelivery(
        string DatasetId,
        string EventName,
        string State,
        string? Reason,
        string? Meaning,
        string? Remedy,
        DateTimeOffset? DeliveredAt,
        DateTimeOffset? ChangedAt,
        int Attempts,
        DateTimeOffset? NextAttemptAt,
        MetaReply? Meta
    );

    private sealed record NotKnownReport(DateTimeOffset KnownSince, string? Remedy);
}

/// <summary>What Meta said.</summary>
internal sealed record MetaReply(int? Code, int? Subcode, string? Title, string? FbtraceId);

using System.Text.Json;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Commands;

/// <summary>The failed list by cause.</summary>
internal static class FailedCauses
{
    /// <summary>Reads it.</summary>
    public static Task<Result<JsonElement>> ReadAsync(
        ServiceClient service,
        FailedSettings settings,
        CancellationToken cancellationToken
    ) =>
        service.GetAsync(
            Described.Route(
                "/api/failed/causes",
                ("connection", settings.Connection),
                ("reason", settings.Reason),
                ("since", settings.SinceUtc),
                ("until", settings.UntilUtc)
            ),
            cancellationToken
        );

    /// <summary>Shows it.</summary>
    public static void Show(Screen screen, JsonElement causes)
    {
        Cause[] all = [.. causes.GetProperty("items").EnumerateArray().Select(item => item.As<Cause>())];
        if (all.Length == 0)
        {
            screen.Line("No event has failed.");
            return;
        }

        screen.Table(
            ["EVENTS", "CONNECTION", "DATASET", "REASON", "CODE", "TITLE", "LAST"],
            all.Select(one =>
                (string[])
                    [
                        Words.Of(one.Events),
                        one.Connection,
                        one.DatasetId,
                        one.Reason,
                        one.Code is { } code ? $"{code}{(one.Subcode is { } sub ? $"/{sub}" : "")}" : "",
                        one.Title ?? "",
                        Words.Of(one.LastAt),
                    ]
            )
        );
        foreach (var (reason, remedy) in all.Select(one => (one.Reason, one.Remedy)).Distinct())
        {
            screen.Line();
            screen.Line($"{reason}: {remedy}");
        }
    }

    private sealed record Cause(
        string Connection,
        string DatasetId,
        string Reason,
        int? Code,
        int? Subcode,
        string? Title,
        long Events,
        DateTimeOffset LastAt,
        string? Remedy
    );
}

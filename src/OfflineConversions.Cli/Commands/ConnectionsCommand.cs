using System.ComponentModel;
using System.Text.Json;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>connections</c>: the state of each connection.</summary>
internal sealed class ConnectionsCommand(Terminal terminal) : ServiceCommand<ConnectionsCommand.Settings>(terminal)
{
    internal sealed class Settings : ServiceSettings
    {
        /// <summary>The only connection to show.</summary>
        [CommandArgument(0, "[NAME]")]
        [Description("The only connection to show")]
        public string? Name { get; init; }
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var all = await service.GetAsync("/api/connections", cancellationToken);
        if (all.Failure is not null)
        {
            return all.Failure;
        }

        JsonElement[] shown =
        [
            .. all.Value.EnumerateArray().Where(one => settings.Name is null || NameOf(one) == settings.Name),
        ];
        if (settings.Name is not null && shown.Length == 0)
        {
            return new Failure(
                ExitCode.NotFound,
                $"There is no connection {settings.Name}.",
                $"There are: {string.Join(", ", all.Value.EnumerateArray().Select(NameOf))}"
            );
        }

        if (screen.IsJson)
        {
            screen.Json(settings.Name is null ? all.Value : shown[0]);
            return null;
        }

        Show(screen, [.. shown.Select(one => one.As<ConnectionLine>())]);
        return null;
    }

    private static void Show(Screen screen, IReadOnlyList<ConnectionLine> connections)
    {
        screen.Table(
            ["NAME", "SOURCE", "STATE", "REASON", "WAITING", "OLDEST", "LAST SUCCESS"],
            connections.Select(one =>
                (string[])
                    [
                        one.Name,
                        one.Source ?? "",
                        one.State,
                        one.Reason ?? "",
                        Words.Of(one.Pending),
                        Words.Age(one.OldestAgeSeconds),
                        Words.Of(one.LastSuccess),
                    ]
            )
        );
        foreach (var one in connections.Where(one => one.Meaning is not null))
        {
            screen.Line();
            screen.Line($"{one.Name}: {one.Meaning} {one.Detail}".TrimEnd());
            screen.Line($"  {one.Remedy}");
        }
    }

    private static string? NameOf(JsonElement connection) => connection.GetProperty("name").GetString();
}

/// <summary>A connection, as <c>/api/connections</c> describes it.</summary>
internal sealed record ConnectionLine(
    string Name,
    string? Source,
    string State,
    string? Reason,
    long Pending,
    double? OldestAgeSeconds,
    DateTimeOffset? LastSuccess,
    string? Detail,
    string? Meaning,
    string? Remedy
);

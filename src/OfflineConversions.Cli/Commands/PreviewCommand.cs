using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using OfflineConversions.Cli.Completion;
using OfflineConversions.Cli.Importing;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Previewing;
using OfflineConversions.Cli.Service;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>preview</c>: exactly what Meta would get of the first events of a file.</summary>
internal sealed class PreviewCommand(Terminal terminal) : ServiceCommand<PreviewCommand.Settings>(terminal)
{
    private static readonly JsonSerializerOptions Writing = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    internal sealed class Settings : ServiceSettings
    {
        /// <summary>The file.</summary>
        [CommandArgument(0, "<FILE>")]
        [Description("JSON as the source posts it, NDJSON, or CSV; also .gz. - reads standard input")]
        [File]
        public required string File { get; init; }

        /// <summary>The connection.</summary>
        [CommandOption("-c|--connection <NAME>", isRequired: true)]
        [Description("The connection that maps the events")]
        public required string Connection { get; init; }

        /// <summary>How many rows or lines.</summary>
        [CommandOption("-n|--rows <COUNT>")]
        [Description("The first rows or lines of the file, 1 to 1000")]
        [DefaultValue(5)]
        public int Rows { get; init; } = 5;

        /// <summary>When the events would arrive.</summary>
        [CommandOption("--received-at <TIME>")]
        [Description("As if they arrived at this time, for example 2026-11-21T12:00:00Z. Default: now")]
        public string? ReceivedAt { get; init; }

        /// <summary>What separates the columns.</summary>
        [CommandOption("--separator <CHARACTER>")]
        [Description("What separates the columns of CSV. Default: found by the service")]
        public string? Separator { get; init; }

        public override ValidationResult Validate() =>
            Rows is < 1 or > 1000 ? ValidationResult.Error("--rows must be 1 to 1000.")
            : Separator is not (null or "\\t") and not { Length: 1 }
                ? ValidationResult.Error("--separator must be one character, or \\t.")
            : base.Validate();
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var body = await BodyAsync(settings, cancellationToken);
        if (body.Failure is not null)
        {
            return body.Failure;
        }

        var request = JsonSerializer.Serialize(
            new PreviewRequest(
                settings.Connection,
                body.Value.Json,
                body.Value.Table,
                body.Value.Table is null ? null : settings.Rows,
                settings.ReceivedAt
            ),
            Writing
        );
        var preview = await service.PostAsync("/api/preview", request, cancellationToken);
        if (preview.Failure is not null)
        {
            return preview.Failure;
        }

        if (screen.IsJson)
        {
            screen.Json(preview.Value);
            return null;
        }

        foreach (var (index, one) in preview.Value.GetProperty("events").EnumerateArray().Index())
        {
            Show(screen, index + 1, one);
        }

        return null;
    }

    private async Task<Result<PreviewBody>> BodyAsync(Settings settings, CancellationToken cancellationToken)
    {
        var file = ImportFile.Find(settings.File, type: null);
        if (file.Failure is not null)
        {
            return file.Failure;
        }

        char? separator = settings.Separator switch
        {
            null => null,
            "\\t" => '\t',
            { } one => one[0],
        };
        await using var stream = file.Value.Open(Terminal);
        return await PreviewBody.ReadAsync(stream, settings.Rows, separator, cancellationToken);
    }

    private static void Show(Screen screen, int number, JsonElement json)
    {
        var one = json.As<PreviewedEvent>();
        var why = one.Reason is { } reason ? $" ({reason}). {one.Remedy}" : "";
        screen.Line($"Event {number}: {one.Outcome}{why}");
        if (one.Warnings.Count > 0)
        {
            screen.Line($"  Warnings: {string.Join(", ", one.Warnings)}");
        }

        foreach (var delivery in one.Deliveries)
        {
            screen.Line(
                $"  To dataset {delivery.DatasetId} ({delivery.Api}, upload tag {SafeText.Of(delivery.UploadTag)}):"
            );
            screen.Pretty(delivery.Event);
        }
    }

    private sealed record PreviewRequest(
        string Connection,
        JsonElement? Body,
        string? Table,
        int? Rows,
        string? ReceivedAt
    );

    private sealed record PreviewedEvent(
        string Outcome,
        string? Reason,
        string? Remedy,
        IReadOnlyList<string> Warnings,
        IReadOnlyList<PreviewedDelivery> Deliveries
    );

    private sealed record PreviewedDelivery(string DatasetId, string Api, string? UploadTag, JsonElement Event);
}

using System.ComponentModel;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary>The options that select failed events.</summary>
internal class FailedSettings : ServiceSettings
{
    /// <summary>The connection.</summary>
    [CommandOption("-c|--connection <NAME>")]
    [Description("Only events of this connection")]
    public string? Connection { get; init; }

    /// <summary>The reason code.</summary>
    [CommandOption("--reason <CODE>")]
    [Description("Only events that failed for this reason, for example refused_by_meta")]
    public string? Reason { get; init; }

    /// <summary>The first time of failure.</summary>
    [CommandOption("--since <TIME>")]
    [Description("Only events that failed at this time or later, for example 2026-11-21T12:00:00Z")]
    public string? Since { get; init; }

    /// <summary>The time after the last time of failure.</summary>
    [CommandOption("--until <TIME>")]
    [Description("Only events that failed before this time")]
    public string? Until { get; init; }

    public override ValidationResult Validate() =>
        !IsTime(Since) ? ValidationResult.Error("--since must be a time, for example 2026-11-21T12:00:00Z.")
        : !IsTime(Until) ? ValidationResult.Error("--until must be a time, for example 2026-11-21T12:00:00Z.")
        : base.Validate();

    /// <summary>A time as the service reads it: a time without a zone is UTC, on every machine.</summary>
    protected static string? Utc(string? text) =>
        text is null ? null : Read(text)?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The first time, as the service reads it.</summary>
    public string? SinceUtc => Utc(Since);

    /// <summary>The time after the last one, as the service reads it.</summary>
    public string? UntilUtc => Utc(Until);

    private static bool IsTime(string? text) => text is null || Read(text) is not null;

    private static DateTime? Read(string text) =>
        DateTime.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;
}

using System.ComponentModel;
using OfflineConversions.Cli.Service;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary>The options of every command that calls the service.</summary>
internal class ServiceSettings : CommandSettings
{
    /// <summary>The address of the service.</summary>
    [CommandOption("-s|--server <URL>")]
    [Description($"Address of the service. Default: {ServiceAddress.Variable}, else {ServiceAddress.Default}")]
    public string? Server { get; init; }

    /// <summary>A file with the operator's key.</summary>
    [CommandOption("--key-file <FILE>")]
    [Description($"File with the operator's key. Default: {OperatorKey.Variable}, else {OperatorKey.FileVariable}")]
    public string? KeyFile { get; init; }

    /// <summary>How many seconds a response may take.</summary>
    [CommandOption("--timeout <SECONDS>")]
    [Description("Seconds that a response may take, 1 to 3600. Sending a file takes as long as it takes")]
    [DefaultValue(30)]
    public int Timeout { get; init; } = 30;

    /// <summary>Whether the result is JSON.</summary>
    [CommandOption("--json")]
    [Description("Print the result as JSON, and a failure as JSON on standard error")]
    public bool Json { get; init; }

    public override ValidationResult Validate() =>
        Timeout is < 1 or > 3600
            ? ValidationResult.Error("--timeout must be 1 to 3600 seconds.")
            : ValidationResult.Success();
}

using System.ComponentModel;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>check</c>: whether service, key and connections are as they should be.</summary>
internal sealed class CheckCommand(Terminal terminal) : ServiceCommand<CheckCommand.Settings>(terminal)
{
    internal sealed class Settings : ServiceSettings
    {
        /// <summary>Whether Meta is asked about each connection.</summary>
        [CommandOption("--online")]
        [Description("Also ask Meta about token, permission, dataset and version of each connection. Records no event")]
        public bool Online { get; init; }
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var check = await ServiceCheck.RunAsync(service, settings.Online, cancellationToken);
        if (check.Failure is not null)
        {
            return check.Failure;
        }

        var findings = check.Value;
        var isOk = findings.All(one => one.Verdict is not Verdict.Problem);
        if (screen.IsJson)
        {
            screen.Json(
                new
                {
                    Ok = isOk,
                    Findings = findings.Select(one => new
                    {
                        Verdict = one.Word,
                        one.Subject,
                        one.Text,
                    }),
                }
            );
        }
        else
        {
            foreach (var one in findings)
            {
                screen.Line($"{one.Word.PadRight(8)} {one.Subject}: {one.Text}");
            }
        }

        return isOk ? null : new Failure(ExitCode.Problem, "Something needs attention.");
    }
}

using OfflineConversions.Cli.Importing;
using OfflineConversions.Cli.Output;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli;

/// <summary>Runs one command line.</summary>
internal static class CommandLine
{
    private const string Json = "--json";

    /// <summary>Runs it.</summary>
    /// <returns>What the process ends with.</returns>
    public static async Task<ExitCode> RunAsync(
        IReadOnlyList<string> args,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var screen = new Screen(terminal, args.Contains(Json, StringComparer.Ordinal));
        var app = new CommandApp();
        app.Configure(configuration =>
        {
            configuration.SetApplicationName("offline-conversions");
            configuration.SetApplicationVersion(ProgramVersion.Text);
            configuration.Settings.Console = screen.Output;
            configuration.Settings.StrictParsing = true;
            configuration.Settings.Registrar.RegisterInstance(terminal);
            configuration.PropagateExceptions();
            CommandList.AddTo(configuration);
        });
        try
        {
            return (ExitCode)
                await app.RunAsync(
                    args.Select(argument => argument == "-" ? ImportFile.StandardInput : argument),
                    cancellationToken
                );
        }
        catch (CommandAppException wrong)
        {
            screen.Fail(new Failure(ExitCode.Usage, wrong.Message, "offline-conversions --help shows what there is."));
            return ExitCode.Usage;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // A defect must end with its own code. Its text may hold data of the service.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            screen.Fail(
                new Failure(
                    ExitCode.Defect,
                    $"offline-conversions {ProgramVersion.Text} has a defect: {defect.GetType().Name} in "
                        + $"{defect.TargetSite?.DeclaringType?.Name}.{defect.TargetSite?.Name}.",
                    "Report it with the command that you ran."
                )
            );
            return ExitCode.Defect;
        }
    }
}

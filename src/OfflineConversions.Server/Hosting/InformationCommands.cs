using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// The options that print something and exit: <c>--help</c>, <c>--version</c>, and <c>--check</c> with <c>--online</c>.
/// </summary>
internal static class InformationCommands
{
    private const string Check = "--check";
    private const string Online = "--online";

    private const string Help = """
        Receives events from customer data platforms and delivers them to Meta's Conversions API.

        Usage: dotnet OfflineConversions.Server.dll [options]
               dotnet OfflineConversions.Server.dll move-outbox --to PostgreSql|Sqlite [--cancel] [options]

          --config FILE        JSON settings that override every other source; may be repeated
          --urls ADDRESSES     addresses to listen on, separated by semicolons; default http://localhost:5000
          --SECTION:NAME=VALUE any setting, for example --Graph:Timeout=00:00:05
          --check              check the configuration, print a summary and exit with 0, or with 1 after the problems
          --check --online   also ask Meta about the token, permission, dataset, version and test event code of every
                             connection; 0 if all can deliver, else 1. Opens no outbox and records no event
          move-outbox --to S   move everything in the outbox between the file of Outbox:Path and the database of
                               Outbox:ConnectionString, into S (PostgreSql or Sqlite), and exit with 0, or with 1 after
                               the reason. Repeat it after an interruption; --cancel gives up one that is not complete
          --healthcheck        ask the running service on this machine whether it is alive, and exit with 0 or 1
          --version            print the version and exit
          --help               print this text and exit

        Settings also come from appsettings.json and from environment variables (Graph__Timeout=00:00:05).
        Documentation: README.md and docs/reference/configuration.md in the repository.
        """;

    /// <summary>Runs the command that the arguments ask for.</summary>
    /// <returns>The exit code, or <see langword="null"/> if the arguments ask for none.</returns>
    public static async Task<int?> RunAsync(
        string[] args,
        ISourceRegistry sources,
        TextWriter output,
        TextWriter errors
    )
    {
        if (Has(args, "--help") || Has(args, "-h"))
        {
            await output.WriteLineAsync(Help);
            return 0;
        }

        if (Has(args, "--version"))
        {
            await output.WriteLineAsync($"OfflineConversions {ProgramVersion.Text}");
            return 0;
        }

        return Has(args, Check) ? await CheckAsync(args, sources, output, errors) : null;
    }

    private static async Task<int> CheckAsync(
        string[] args,
        ISourceRegistry sources,
        TextWriter output,
        TextWriter errors
    )
    {
        string[] rest = [.. args.Where(argument => !Has([Check, Online], argument))];
        if (StartUp.Read(rest, sources, errors) is not var (builder, options))
        {
            return 1;
        }

        try
        {
            var summary = StartUpSummary.Text(builder, options);
            builder.AddOperatorPort(options.Admin);
            await output.WriteAsync(summary);
            await output.WriteLineAsync("The configuration is valid.");
            return Has(args, Online) ? await OnlineCheck.RunAsync(options, output) : 0;
        }
        catch (SettingUnusableException unusable)
        {
            await errors.WriteLineAsync(unusable.Message);
            return 1;
        }
    }

    private static bool Has(string[] args, string option) => args.Contains(option, StringComparer.OrdinalIgnoreCase);
}

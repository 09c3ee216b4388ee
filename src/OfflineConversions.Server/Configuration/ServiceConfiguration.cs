using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Configuration;

/// <summary>From configuration to options, or to the list of everything that is wrong with it.</summary>
internal static class ServiceConfiguration
{
    /// <summary>Lays the <c>--config</c> files over the rest, then reads and checks all of it.</summary>
    public static (ServiceOptions Options, IReadOnlyList<ConfigurationProblem> Problems) ReadServiceOptions(
        this WebApplicationBuilder builder,
        IReadOnlyList<string> args
    )
    {
        var problems = new ConfigurationProblems();
        builder.Configuration.AddConfigFiles(args, problems);

        // What stands in an unreadable file cannot be missed in it: judging the rest would only mislead.
        return problems.All.Count > 0
            ? (new ServiceOptions(), problems.All)
            : (Read(builder.Configuration, builder.Environment.IsDevelopment(), problems), problems.All);
    }

    /// <summary>Reads and checks all of it.</summary>
    public static ServiceOptions Read(
        IConfigurationRoot configuration,
        bool development,
        ConfigurationProblems problems
    )
    {
        RootSections.Check(configuration, problems);
        ListeningRules.Check(configuration, problems);
        var options = new ServiceOptions();
        new SettingsReader(problems).ReadRoot(configuration, options);
        new SecretFiles(problems).Read(options);
        new ServiceRules(problems).Check(options, development);
        return options;
    }

    /// <summary>
    /// Reads and checks a single connection that came as JSON, for a preview: its credentials may be missing.
    /// </summary>
    public static (ConnectionOptions Options, IReadOnlyList<ConfigurationProblem> Problems) ReadConnection(
        IConfigurationSection section
    )
    {
        var problems = new ConfigurationProblems();
        var options = new ConnectionOptions();
        new SettingsReader(problems).Read(section, options);
        new ConnectionRules(problems).CheckMapping(section.Path, options);
        return (options, problems.All);
    }

    /// <summary>Tells the operator what to mend, one line a problem.</summary>
    public static void Explain(IReadOnlyList<ConfigurationProblem> problems, TextWriter output)
    {
        output.WriteLine(
            problems.Count == 1
                ? "The configuration has a problem:"
                : $"The configuration has {problems.Count} problems:"
        );
        foreach (var problem in problems)
        {
            output.WriteLine($"  {problem}");
        }
    }
}

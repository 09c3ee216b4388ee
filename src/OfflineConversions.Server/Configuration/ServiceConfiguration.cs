using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Configuration;

/// <summary>Turns configuration into options, or into the list of everything that is wrong with it.</summary>
internal static class ServiceConfiguration
{
    /// <summary>
    /// Adds the <c>--config</c> files to the builder's configuration, then reads and checks all of it. Afterwards only
    /// the returned options contain the text of keys.
    /// </summary>
    public static OptionsReading ReadServiceOptions(
        this WebApplicationBuilder builder,
        IReadOnlyList<string> args,
        ISourceRegistry registry
    )
    {
        var problems = new ConfigurationProblems();
        builder.Configuration.AddConfigFiles(args, problems);
        if (problems.All.Count > 0)
        {
            // The settings of an unreadable file would be reported as missing, which would mislead.
            return new OptionsReading(new ServiceOptions(), problems.All);
        }

        var options = Read(builder.Configuration, builder.Environment.IsDevelopment(), registry, problems);
        PlainTextKeys.Remove(builder.Configuration);
        return new OptionsReading(options, problems.All);
    }

    /// <summary>Reads and checks a whole configuration.</summary>
    public static ServiceOptions Read(
        IConfigurationRoot configuration,
        bool development,
        ISourceRegistry registry,
        ConfigurationProblems problems
    )
    {
        RootSections.Check(configuration, problems);
        ListeningRules.Check(configuration, problems);
        var options = new ServiceOptions();
        new SettingsReader(problems, registry.Sources).ReadRoot(configuration, options);
        new SecretFiles(problems).Read(options);
        new ServiceRules(problems, registry).Check(options, development);
        return options;
    }

    /// <summary>
    /// Reads and checks one connection that a preview describes in JSON. Its credentials may be missing.
    /// </summary>
    public static (ConnectionOptions Options, IReadOnlyList<ConfigurationProblem> Problems) ReadConnection(
        IConfigurationSection section,
        ISourceRegistry registry
    )
    {
        var problems = new ConfigurationProblems();
        var options = new ConnectionOptions();
        new SettingsReader(problems, registry.Sources).Read(section, options);
        new ConnectionRules(problems, registry).CheckMapping(section.Path, options);
        return (options, problems.All);
    }

    /// <summary>Writes the problems for the operator, one line each.</summary>
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

/// <summary>The result of reading a configuration.</summary>
/// <param name="Options">The options, with the text of all secrets. Usable only without problems.</param>
/// <param name="Problems">Everything that is wrong.</param>
internal sealed record OptionsReading(ServiceOptions Options, IReadOnlyList<ConfigurationProblem> Problems);

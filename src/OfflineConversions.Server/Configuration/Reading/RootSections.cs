using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>
/// Checks the names at the root of the configuration. Files and the command line are for this service only, so every
/// unknown name there is an error. The environment is shared, so only names close to one of our sections are.
/// </summary>
internal static class RootSections
{
    private static readonly string[] Framework =
    [
        "$schema",
        "AllowedHosts",
        "ApplicationName",
        "ContentRoot",
        "Environment",
        "HostBuilder",
        "Http_Ports",
        "Https_Port",
        "Https_Ports",
        "Kestrel",
        "Logging",
        "PreferHostingUrls",
        "Serilog",
        "ShutdownTimeoutSeconds",
        "Urls",
        "WebRoot",
    ];

    // The framework's own switch, usually set as ASPNETCORE_FORWARDEDHEADERS_ENABLED.
    private const string TrustAllProxies = "FORWARDEDHEADERS_ENABLED";

    /// <summary>Reports every unknown name.</summary>
    public static void Check(IConfigurationRoot configuration, ConfigurationProblems problems)
    {
        var sections = SettingNames.Of(typeof(ServiceOptions));
        if (bool.TryParse(configuration[TrustAllProxies], out var trust) && trust)
        {
            problems.Add(
                TrustAllProxies,
                "would trust every caller's X-Forwarded-For; list your proxies in "
                    + "ForwardedHeaders:KnownProxies or ForwardedHeaders:KnownNetworks instead"
            );
        }

        foreach (var provider in configuration.Providers)
        {
            foreach (var key in provider.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                if (Known(sections, key))
                {
                    RefuseScalar(provider, key, sections, problems);
                }
                else if (Problem(provider, key, sections) is { } message && !problems.Has(key))
                {
                    problems.Add(key, message);
                }
            }
        }
    }

    private static string? Problem(IConfigurationProvider provider, string key, IReadOnlyList<string> sections) =>
        provider switch
        {
            JsonConfigurationProvider => SettingNames.Unknown(key, sections),
            CommandLineConfigurationProvider when !key.Equals(ConfigFile.Option, StringComparison.OrdinalIgnoreCase) =>
                SettingNames.Unknown(key, sections),
            EnvironmentVariablesConfigurationProvider
                when IsSection(provider, key) && SettingNames.Nearest(key, sections) is not null =>
                SettingNames.Unknown(key, sections),
            _ => null,
        };

    /// <summary>
    /// Reports a section written as one value. A variable such as <c>SANDBOX=1</c> may belong to another program.
    /// </summary>
    private static void RefuseScalar(
        IConfigurationProvider provider,
        string key,
        IReadOnlyList<string> sections,
        ConfigurationProblems problems
    )
    {
        if (
            provider is JsonConfigurationProvider or CommandLineConfigurationProvider
            && sections.Contains(key, StringComparer.OrdinalIgnoreCase)
            && provider.TryGet(key, out var value)
            && !string.IsNullOrEmpty(value)
        )
        {
            problems.Add(key, "is a section; write its settings under it");
        }
    }

    private static bool Known(IReadOnlyList<string> sections, string key) =>
        sections.Contains(key, StringComparer.OrdinalIgnoreCase)
        || Framework.Contains(key, StringComparer.OrdinalIgnoreCase);

    private static bool IsSection(IConfigurationProvider provider, string key) => provider.GetChildKeys([], key).Any();
}

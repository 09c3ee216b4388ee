using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>
/// What may stand at the root of the configuration. Files and the command line are ours alone, so everything unknown
/// there is an error; the environment belongs to the whole machine, so there only near misses of our sections are.
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

    // The framework's own switch, usually as ASPNETCORE_FORWARDEDHEADERS_ENABLED.
    private const string BelieveEveryone = "FORWARDEDHEADERS_ENABLED";

    /// <summary>Notes every unknown root key.</summary>
    public static void Check(IConfigurationRoot configuration, ConfigurationProblems problems)
    {
        var sections = SettingNames.Of(typeof(ServiceOptions));
        if (bool.TryParse(configuration[BelieveEveryone], out var believe) && believe)
        {
            problems.Add(
                BelieveEveryone,
                "would believe every caller's X-Forwarded-For; list your proxies in "
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
    /// A section written as one value. A variable such as <c>SANDBOX=1</c> may be somebody else's and is let pass.
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

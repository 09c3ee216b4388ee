using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace OfflineConversions.Server.Configuration.Secrets;

/// <summary>
/// Removes write keys, the operators' keys and the outbox's connection string from the framework's configuration,
/// which otherwise keeps every text for the life of the process. The service itself keeps only digests of keys. The
/// environment of the process belongs to the operating system and is not changed.
/// </summary>
internal static partial class PlainTextKeys
{
    /// <summary>Removes the keys now, and again whenever the framework reloads a file.</summary>
    public static void Remove(IConfigurationRoot configuration)
    {
        Overwrite(configuration);
        ChangeToken.OnChange(configuration.GetReloadToken, Overwrite, configuration);
    }

    private static void Overwrite(IConfigurationRoot configuration)
    {
        foreach (
            var key in configuration
                .AsEnumerable()
                .Select(entry => entry.Key)
                .Where(key => KeySetting().IsMatch(key))
                .ToArray()
        )
        {
            foreach (
                var provider in configuration.Providers.Where(provider =>
                    provider.TryGet(key, out var text) && !string.IsNullOrEmpty(text)
                )
            )
            {
                provider.Set(key, string.Empty);
            }
        }
    }

    [GeneratedRegex(
        "^(Connections:[^:]+:WriteKeys:[0-9]+|Admin:(ApiKey|ReadKey)|Outbox:ConnectionString)$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex KeySetting();
}

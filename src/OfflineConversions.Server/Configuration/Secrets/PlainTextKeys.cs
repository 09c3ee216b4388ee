using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace OfflineConversions.Server.Configuration.Secrets;

/// <summary>
/// The framework keeps every text of the configuration for as long as the process lives. Keys that we hold only digests
/// of are overwritten there, and again whenever it reads a file anew. The environment of the process is the system's
/// and stays as it is.
/// </summary>
internal static partial class PlainTextKeys
{
    /// <summary>Overwrites them now and from now on.</summary>
    public static void Forget(IConfigurationRoot configuration)
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
                .Where(key => Key().IsMatch(key))
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
        "^(Connections:[^:]+:WriteKeys:[0-9]+|Admin:ApiKey)$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Key();
}

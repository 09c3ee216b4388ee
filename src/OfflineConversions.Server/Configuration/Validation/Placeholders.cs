using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration.Reading;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// Refuses secrets and ids that were copied from the documentation, such as <c>your-access-token</c> or
/// <c>&lt;dataset&gt;</c>. Anyone can read them, and Meta refuses them only after events have been accepted.
/// </summary>
internal static partial class Placeholders
{
    private const string Generate = "is a placeholder from the documentation; generate one with openssl rand -hex 24";
    private const string Copy = "is a placeholder from the documentation; copy the real value from";

    /// <summary>Example values of earlier documentation.</summary>
    private static readonly string[] Earlier =
    [
        "a-long-random-key",
        "a-long-operator-key",
        "the-system-users-token",
        "1234567890",
        "the token of Meta's system user",
    ];

    /// <summary>Whether a value has the form of a placeholder.</summary>
    public static bool IsOne(string? value) =>
        value is not null && (Form().IsMatch(value) || Earlier.Contains(value, StringComparer.Ordinal));

    /// <summary>Reports every placeholder in the operator's key and in a connection's secrets and ids.</summary>
    public static void Check(ServiceOptions options, ConfigurationProblems problems)
    {
        Require(problems, $"{nameof(options.Admin)}:{nameof(options.Admin.ApiKey)}", options.Admin.ApiKey, Generate);
        Require(problems, $"{nameof(options.Admin)}:{nameof(options.Admin.ReadKey)}", options.Admin.ReadKey, Generate);
        foreach (var (name, connection) in options.Connections)
        {
            Check($"{nameof(options.Connections)}:{name}", connection, problems);
        }
    }

    private static void Check(string path, ConnectionOptions connection, ConfigurationProblems problems)
    {
        for (var i = 0; i < connection.WriteKeys.Count; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{path}:{nameof(connection.WriteKeys)}:{i}");
            Require(problems, key, connection.WriteKeys[i], Generate);
        }

        var header = $"{path}:{nameof(connection.SharedHeader)}:{nameof(connection.SharedHeader.Value)}";
        Require(problems, header, connection.SharedHeader.Value, Generate);
        Require(
            problems,
            $"{path}:{nameof(connection.AccessToken)}",
            connection.AccessToken,
            $"{Copy} Meta's Business Settings, System users, Generate token"
        );
        Require(
            problems,
            $"{path}:{nameof(connection.AppSecret)}",
            connection.AppSecret,
            $"{Copy} Meta's App Dashboard, or leave the setting out"
        );
        Require(
            problems,
            $"{path}:{nameof(connection.DatasetId)}",
            connection.DatasetId,
            $"{Copy} Meta's Events Manager"
        );
        Require(
            problems,
            $"{path}:{nameof(connection.TestEventCode)}",
            connection.TestEventCode,
            $"{Copy} Test Events in Meta's Events Manager, or leave the setting out"
        );
        if (connection.SourceOptions is { } own)
        {
            HashSet<string> datasets = [.. connection.Source!.Datasets(connection)];
            CheckOwn($"{path}:{connection.Source}", own, datasets, problems);
        }
    }

    /// <summary>Secrets and dataset ids, wherever they are in the settings of the source.</summary>
    private static void CheckOwn(string path, object options, HashSet<string> datasets, ConfigurationProblems problems)
    {
        foreach (var property in SettingNames.Settable(options.GetType()))
        {
            var key = $"{path}:{property.Name}";
            switch (property.GetValue(options))
            {
                case Secret secret:
                    Require(problems, key, secret, Generate);
                    break;
                case string text when datasets.Contains(text):
                    Require(problems, key, text, $"{Copy} Meta's Events Manager");
                    break;
                case IList rows:
                    for (var i = 0; i < rows.Count; i++)
                    {
                        CheckOwn(
                            string.Create(CultureInfo.InvariantCulture, $"{key}:{i}"),
                            rows[i]!,
                            datasets,
                            problems
                        );
                    }

                    break;
            }
        }
    }

    private static void Require(ConfigurationProblems problems, string key, Secret? value, string message) =>
        Require(problems, key, value?.Reveal(), message);

    private static void Require(ConfigurationProblems problems, string key, string? value, string message)
    {
        if (IsOne(value) && !problems.Has(key))
        {
            problems.Add(key, message);
        }
    }

    [GeneratedRegex(@"\A(your-.*|<.*>)\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}

using System.Text.RegularExpressions;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// The rules of one connection that involve more than one setting, and those of its credentials. The limits of a single
/// setting are beside it, in the options.
/// </summary>
internal sealed partial class ConnectionRules(ConfigurationProblems problems, ISourceRegistry registry)
{
    /// <summary>
    /// A write key is visible in a shop's pages and apps: it identifies the sender and only has to resist guessing.
    /// </summary>
    private const int ShortestWriteKey = 8;
    private const string BlankRule = "is blank; write the secret, or leave the setting out";

    /// <summary>Checks everything that a preview needs: all settings except the credentials.</summary>
    public void CheckMapping(string path, ConnectionOptions connection)
    {
        SettingLimits.Check(connection, path, problems);
        var rules = new SectionRules(problems, path);
        rules.Require(
            nameof(connection.Source),
            connection.Source is not null,
            $"is required; allowed are {string.Join(", ", registry.Sources.Names)}"
        );
        rules.Range(nameof(connection.BatchSize), connection.BatchSize, 1, connection.Api.Shape().MaxEventsPerRequest);
        CheckDataset(rules, connection);
        CheckSource(path, connection);
    }

    /// <summary>Checks the credentials, which a running connection also needs. No message contains a secret.</summary>
    public void CheckCredentials(string path, ConnectionOptions connection, bool development)
    {
        var rules = new SectionRules(problems, path);
        rules.Require(
            nameof(connection.AccessToken),
            connection.AccessToken is { IsBlank: false },
            "is required: the access token of Meta's system user"
        );
        rules.Require(nameof(connection.AppSecret), connection.AppSecret is not { IsBlank: true }, BlankRule);
        if (connection.Source is { } source)
        {
            Report($"{path}:{source}", registry.CheckSecrets(source, connection));
        }

        CheckSharedHeader(
            new SectionRules(problems, $"{path}:{nameof(connection.SharedHeader)}"),
            connection.SharedHeader
        );
        rules.Require(
            nameof(connection.WriteKeys),
            connection.WriteKeys.Count > 0 || connection.Source is { IsPosted: false },
            "at least one is required: the key that the source presents"
        );
        for (var i = 0; i < connection.WriteKeys.Count; i++)
        {
            var problem = WriteKeyProblem(connection.Source, connection.WriteKeys[i].Reveal(), development);
            rules.Require($"{nameof(connection.WriteKeys)}:{i}", problem is null, problem);
        }
    }

    private static void CheckSharedHeader(SectionRules rules, SharedHeaderOptions header)
    {
        rules.Require(
            nameof(header.Value),
            header.Value is null || HeaderValue().IsMatch(header.Value.Reveal()),
            "must be 16 characters of ASCII or more, without blanks around them"
        );
    }

    private string? WriteKeyProblem(SourceDefinition? source, string key, bool development) =>
        source switch
        {
            _ when key.Length == 0 || key.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)) =>
                "must not be empty or hold blanks",
            { } known when registry.KeyProblem(known, key) is { } problem => problem,
            _ when !development && key.Length < ShortestWriteKey =>
                $"is too short: outside Development at least {ShortestWriteKey} characters are needed; "
                    + "generate one with openssl rand -hex 24",
            _ when !development && DemoKeys.IsOne(key) =>
                "is a demo key, which is public: outside Development generate one with openssl rand -hex 24",
            _ => null,
        };

    private static void CheckDataset(SectionRules rules, ConnectionOptions connection)
    {
        rules.Require(
            nameof(connection.DatasetId),
            connection.DatasetId is not null || connection.Source?.DatasetName is null,
            $"is required for {connection.Source}: its {connection.Source?.DatasetName}"
        );
    }

    private void CheckSource(string path, ConnectionOptions connection)
    {
        if (connection.Source is { } source)
        {
            Report($"{path}:{source}", source.Check(connection));
        }
    }

    private void Report(string section, IEnumerable<SettingProblem> found)
    {
        var rules = new SectionRules(problems, section);
        foreach (var problem in found)
        {
            var message = problem.Value is { } value ? $"{Quote.Value(value)} {problem.Message}" : problem.Message;
            rules.Require(problem.Setting, valid: false, message);
        }
    }

    [GeneratedRegex(@"\A[!-~][ -~]{14,}[!-~]\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeaderValue();
}

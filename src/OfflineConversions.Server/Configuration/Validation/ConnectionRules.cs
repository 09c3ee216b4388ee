using System.Text.RegularExpressions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>What makes one connection usable, beyond each setting being readable.</summary>
internal sealed partial class ConnectionRules(ConfigurationProblems problems, ISourceRegistry registry)
{
    /// <summary>
    /// A write key stands in the pages of a shop and in its apps: it tells who posts, and shuts out who guesses.
    /// </summary>
    private const int ShortestWriteKey = 8;
    private const string BlankRule = "is blank; write the secret, or leave the setting out";
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(365);

    /// <summary>Checks everything but the credentials: what a preview needs.</summary>
    public void CheckMapping(string path, ConnectionOptions connection)
    {
        SettingLimits.Check(connection, path, problems);
        var rules = new SectionRules(problems, path);
        rules.Require(
            nameof(connection.Source),
            connection.Source is not null,
            $"is required; allowed are {string.Join(", ", registry.Sources.Names)}"
        );
        rules.Require(
            nameof(connection.ActionSource),
            ActionSource.Known.Contains(connection.ActionSource),
            $"{Quote.Value(connection.ActionSource)} is not allowed; allowed are "
                + string.Join(", ", ActionSource.Known.Order(StringComparer.Ordinal))
        );
        rules.Require(
            nameof(connection.DefaultCurrency),
            connection.DefaultCurrency is null || CurrencyCode().IsMatch(connection.DefaultCurrency),
            $"{Quote.Value(connection.DefaultCurrency ?? string.Empty)} is not a currency code; write three "
                + "letters of ISO 4217, for example EUR"
        );
        rules.Require(
            nameof(connection.DefaultCountry),
            connection.DefaultCountry is null || CountryCode().IsMatch(connection.DefaultCountry),
            $"{Quote.Value(connection.DefaultCountry ?? string.Empty)} is not a country code; write two "
                + "letters of ISO 3166-1, for example US"
        );
        rules.Range(nameof(connection.BatchSize), connection.BatchSize, 1, connection.Api.Shape().MaxEventsPerRequest);
        rules.Range(
            nameof(connection.AcceptanceWindow),
            connection.AcceptanceWindow,
            TimeSpan.FromMinutes(1),
            LongestWindow
        );
        rules.Range(
            nameof(connection.PhysicalStoreAcceptanceWindow),
            connection.PhysicalStoreAcceptanceWindow,
            TimeSpan.FromMinutes(1),
            LongestWindow
        );
        CheckDataset(rules, connection);
        CheckSource(path, connection);
    }

    /// <summary>Checks the credentials: what a running connection needs besides. Never names a key or token.</summary>
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
            connection.WriteKeys.Count > 0,
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
            nameof(header.Name),
            HeaderName().IsMatch(header.Name),
            "is not the name of a header; write for example Authorization or X-Webhook-Secret"
        );
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
        rules.Require(
            nameof(connection.DatasetId),
            connection.DatasetId is null || DatasetId.IsValid(connection.DatasetId),
            $"is not a dataset id; {DatasetId.Rule}"
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

    [GeneratedRegex(@"\A[A-Za-z]{3}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CurrencyCode();

    [GeneratedRegex(@"\A[A-Za-z]{2}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CountryCode();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeaderName();

    [GeneratedRegex(@"\A[!-~][ -~]{14,}[!-~]\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeaderValue();
}

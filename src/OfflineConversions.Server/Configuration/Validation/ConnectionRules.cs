using System.Text.RegularExpressions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Sources;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// What makes one connection usable, beyond each setting being readable. Only the section of its own source matters.
/// </summary>
internal sealed partial class ConnectionRules(ConfigurationProblems problems)
{
    /// <summary>
    /// A write key stands in the pages of a shop and in its apps: it tells who posts, and shuts out who guesses.
    /// </summary>
    private const int ShortestWriteKey = 8;
    private const string BlankRule = "is blank; write the secret, or leave the setting out";
    private const string DatasetRule = "letters, digits, _ and - are allowed";
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(365);

    /// <summary>Checks everything but the credentials: what a preview needs.</summary>
    public void CheckMapping(string path, ConnectionOptions connection)
    {
        SettingLimits.Check(connection, path, problems);
        var rules = new SectionRules(problems, path);
        rules.Require(
            nameof(connection.Source),
            connection.Source is not null,
            $"is required; allowed are {string.Join(", ", Enum.GetNames<SourceKind>())}"
        );
        rules.Require(
            nameof(connection.ActionSource),
            ActionSource.Known.Contains(connection.ActionSource),
            $"{Quote.Value(connection.ActionSource)} is not allowed; allowed are {string.Join(", ", ActionSource.Known.Order(StringComparer.Ordinal))}"
        );
        rules.Require(
            nameof(connection.DefaultCurrency),
            connection.DefaultCurrency is null || CurrencyCode().IsMatch(connection.DefaultCurrency),
            $"{Quote.Value(connection.DefaultCurrency ?? string.Empty)} is not a currency code; write three letters of ISO 4217, for example EUR"
        );
        rules.Require(
            nameof(connection.DefaultCountry),
            connection.DefaultCountry is null || CountryCode().IsMatch(connection.DefaultCountry),
            $"{Quote.Value(connection.DefaultCountry ?? string.Empty)} is not a country code; write two letters of ISO 3166-1, for example US"
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
        new SectionRules(problems, $"{path}:{nameof(connection.Segment)}").Require(
            nameof(connection.Segment.SharedSecret),
            connection.Source != SourceKind.Segment || connection.Segment.SharedSecret is not { IsBlank: true },
            BlankRule
        );
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

    private static string? WriteKeyProblem(SourceKind? source, string key, bool development) =>
        source switch
        {
            _ when key.Length == 0 || key.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)) =>
                "must not be empty or hold blanks",
            SourceKind.MParticle when !KeyAndSecret().IsMatch(key) => "must have the form key:secret",
            not SourceKind.MParticle when key.Contains(':', StringComparison.Ordinal) =>
                "must not hold a colon: HTTP Basic could not carry it",
            _ when !development && key.Length < ShortestWriteKey =>
                $"is too short: outside Development at least {ShortestWriteKey} characters are needed; generate one with openssl rand -hex 24",
            _ when !development && DemoKeys.IsOne(key) =>
                "is a demo key, which is public: outside Development generate one with openssl rand -hex 24",
            _ => null,
        };

    private static void CheckDataset(SectionRules rules, ConnectionOptions connection)
    {
        var named = connection.DatasetId is not null;
        var needed = connection.Source is SourceKind.MParticle or SourceKind.CommandersAct;
        rules.Require(
            nameof(connection.DatasetId),
            named || !needed,
            $"is required for {connection.Source}: its {(connection.Source == SourceKind.MParticle ? "offline event set id" : "pixel id")}"
        );
        rules.Require(
            nameof(connection.DatasetId),
            !named || Dataset().IsMatch(connection.DatasetId!),
            $"is not a dataset id; {DatasetRule}"
        );
    }

    private void CheckSource(string path, ConnectionOptions connection)
    {
        switch (connection.Source)
        {
            case SourceKind.MParticle:
                new SectionRules(problems, $"{path}:{nameof(connection.MParticle)}").Require(
                    nameof(connection.MParticle.EmailType),
                    MParticleIdentities.TypeOf(connection.MParticle.EmailType) is not null,
                    $"{Quote.Value(connection.MParticle.EmailType)} is not an identity type; allowed are {string.Join(", ", MParticleIdentities.Types)}"
                );
                break;
            case SourceKind.Segment:
                CheckEventSets($"{path}:{nameof(connection.Segment)}", connection.Segment);
                break;
            case SourceKind.RudderStack:
                CheckMaps($"{path}:{nameof(connection.RudderStack)}", connection.RudderStack);
                break;
        }
    }

    private void CheckEventSets(string path, SegmentOptions segment)
    {
        foreach (
            var (name, rows) in new[]
            {
                (nameof(segment.Events), segment.Events),
                (nameof(segment.LeadEvents), segment.LeadEvents),
                (nameof(segment.CompleteRegistrationEvents), segment.CompleteRegistrationEvents),
            }
        )
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var rules = new SectionRules(problems, $"{path}:{name}:{i}");
                rules.Require(
                    nameof(EventSetRow.Event),
                    !string.IsNullOrWhiteSpace(rows[i].Event),
                    "is required: the name of a track event"
                );
                rules.Require(
                    nameof(EventSetRow.EventSetId),
                    rows[i].EventSetId is { } id && Dataset().IsMatch(id),
                    $"must be an event set id; {DatasetRule}"
                );
            }
        }
    }

    private void CheckMaps(string path, RudderStackOptions rudder)
    {
        new SectionRules(problems, path).Require(
            nameof(rudder.ValueFieldIdentifier),
            !string.IsNullOrWhiteSpace(rudder.ValueFieldIdentifier),
            "must be a path, for example properties.value"
        );
        foreach (
            var (name, rows, ids) in new[]
            {
                (nameof(rudder.EventsToStandard), rudder.EventsToStandard, false),
                (nameof(rudder.EventsToIds), rudder.EventsToIds, true),
                (nameof(rudder.CategoryToContent), rudder.CategoryToContent, false),
            }
        )
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var rules = new SectionRules(problems, $"{path}:{name}:{i}");
                rules.Require(
                    nameof(MapRow.From),
                    !string.IsNullOrWhiteSpace(rows[i].From),
                    "is required: what is looked up"
                );
                rules.Require(
                    nameof(MapRow.To),
                    !string.IsNullOrWhiteSpace(rows[i].To),
                    "is required: what it maps to"
                );
                rules.Require(
                    nameof(MapRow.To),
                    !ids || rows[i].To is not { } id || Dataset().IsMatch(id),
                    $"is not an event set id; {DatasetRule}"
                );
            }
        }
    }

    [GeneratedRegex(@"\A[A-Za-z]{3}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CurrencyCode();

    [GeneratedRegex(@"\A[A-Za-z]{2}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CountryCode();

    // A dataset id becomes a segment of a URL path.
    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dataset();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeaderName();

    [GeneratedRegex(@"\A[!-~][ -~]{14,}[!-~]\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeaderValue();

    [GeneratedRegex(@"\A[^:]+:.+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KeyAndSecret();
}

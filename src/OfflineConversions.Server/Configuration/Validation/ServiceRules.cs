using System.Globalization;
using System.Text.RegularExpressions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// The rules of the whole configuration that involve more than one setting. The limits of a single setting are beside
/// it, in its options.
/// </summary>
internal sealed partial class ServiceRules(ConfigurationProblems problems, ISourceRegistry registry)
{
    /// <summary>
    /// The least length of OWASP ASVS 5.0 (6.2.1) for passwords that people choose; each guess costs six seconds.
    /// </summary>
    private const int ShortestOperatorKey = 8;
    private const long MostInFlightBodyBytes = 64L * 1024 * 1024 * 1024;

    private readonly ConnectionRules _connections = new(problems, registry);

    /// <summary>Reports everything that is wrong.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="development">
    /// In Development, a service may start without connections, because previews work without them.
    /// </param>
    public void Check(ServiceOptions options, bool development)
    {
        Placeholders.Check(options, problems);
        SettingLimits.Check(options, string.Empty, problems);
        CheckSpans(options);
        CheckGraphAddress(options.Graph);
        CheckOperatorKeys(options.Admin, development);
        OutboxRules.Check(options.Outbox, problems);
        CheckWebhooks(options.Alerts);
        new SectionRules(problems, string.Empty).Require(
            nameof(options.Connections),
            development || options.Connections.Count > 0,
            "none is configured; add at least one with Source, WriteKeys and AccessToken, in a file "
                + "(--config FILE) or as Connections__<name>__Source and so on"
        );
        foreach (var (name, connection) in options.Connections)
        {
            var path = $"{nameof(options.Connections)}:{name}";
            new SectionRules(problems, nameof(options.Connections)).Require(
                name,
                ConnectionName().IsMatch(name),
                "is not a connection name; letters, digits, _, . and - are allowed, at most 64"
            );
            _connections.CheckMapping(path, connection);
            _connections.CheckCredentials(path, connection, development);
        }

        CheckKeysAreUnique(options);
    }

    private void CheckSpans(ServiceOptions options)
    {
        var (delivery, ingestion) = (options.Delivery, options.Ingestion);
        var rules = new SectionRules(problems, nameof(options.Delivery));
        var oneDay = TimeSpan.FromDays(1);
        rules.Range(nameof(delivery.RetryMaxDelay), delivery.RetryMaxDelay, delivery.RetryBaseDelay, oneDay);
        rules.Range(nameof(delivery.ProbeMaxDelay), delivery.ProbeMaxDelay, delivery.ProbeBaseDelay, oneDay);
        new SectionRules(problems, nameof(options.Ingestion)).Range(
            nameof(ingestion.MaxInFlightBodyBytes),
            ingestion.MaxInFlightBodyBytes,
            ingestion.LeastInFlightBodyBytes,
            MostInFlightBodyBytes
        );
    }

    private void CheckGraphAddress(GraphOptions graph)
    {
        var rules = new SectionRules(problems, nameof(ServiceOptions.Graph));
        rules.Require(
            nameof(graph.BaseAddress),
            IsPlainAddress(graph.BaseAddress),
            "must be an https address without user, query or fragment; http only for this machine"
        );
        rules.Require(
            nameof(graph.BaseAddress),
            IsAllowed(graph),
            $"names the host {graph.BaseAddress.Host}, which would receive every access token; if that is "
                + "intended, list it in Graph:AllowedHosts"
        );
    }

    private void CheckOperatorKeys(AdminOptions admin, bool development)
    {
        var rules = new SectionRules(problems, nameof(ServiceOptions.Admin));
        CheckOperatorKey(rules, nameof(admin.ApiKey), admin.ApiKey, development);
        CheckOperatorKey(rules, nameof(admin.ReadKey), admin.ReadKey, development);
        rules.Require(
            nameof(admin.ReadKey),
            admin.ReadKey is null || admin.ApiKey is not null,
            "needs ApiKey: without one, nobody could act in the console"
        );
        rules.Require(
            nameof(admin.ReadKey),
            admin.ReadKey is not { } read || admin.ApiKey is not { } key || read.Reveal() != key.Reveal(),
            "is the same key as ApiKey, so its holders could act too; generate another one with openssl rand -hex 24"
        );
    }

    private static void CheckOperatorKey(SectionRules rules, string setting, Secret? given, bool development)
    {
        rules.Require(setting, given is not { IsBlank: true }, "is blank; write the key, or leave the setting out");
        rules.Require(
            setting,
            development || given is not { } key || key.Reveal().Length >= ShortestOperatorKey,
            $"is too short: outside Development at least {ShortestOperatorKey} characters are needed; "
                + "generate one with openssl rand -hex 24"
        );
        rules.Require(
            setting,
            development || given is not { } open || !DemoKeys.IsOne(open.Reveal()),
            "is a demo key, which is public: outside Development generate one with openssl rand -hex 24"
        );
    }

    private void CheckWebhooks(AlertOptions alerts)
    {
        foreach (var (index, webhook) in alerts.Webhooks.Index())
        {
            var place = index.ToString(CultureInfo.InvariantCulture);
            var path = $"{nameof(ServiceOptions.Alerts)}:{nameof(alerts.Webhooks)}:{place}";
            new SectionRules(problems, path).Require(
                nameof(webhook.Url),
                webhook.Url is { } url
                    && Uri.TryCreate(url.Reveal(), UriKind.Absolute, out var address)
                    && (
                        address.Scheme == Uri.UriSchemeHttps
                        || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)
                    ),
                "must be an https address; http only for this machine"
            );
        }
    }

    private void CheckKeysAreUnique(ServiceOptions options)
    {
        var owners = new Dictionary<Secret, string>();
        foreach (var (name, connection) in options.Connections)
        {
            for (var i = 0; i < connection.WriteKeys.Count; i++)
            {
                var unique = owners.TryAdd(connection.WriteKeys[i], name);
                new SectionRules(problems, $"{nameof(options.Connections)}:{name}").Require(
                    $"{nameof(connection.WriteKeys)}:{i}",
                    unique,
                    $"is already a key of Connections:{owners[connection.WriteKeys[i]]}; a key belongs to "
                        + "exactly one connection"
                );
            }
        }
    }

    private static bool IsPlainAddress(Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address is { Query.Length: 0, Fragment.Length: 0, UserInfo.Length: 0 };

    private static bool IsAllowed(GraphOptions graph) =>
        graph.BaseAddress.IsLoopback
        || graph
            .AllowedHosts.Append(GraphOptions.DefaultBaseAddress.Host)
            .Contains(graph.BaseAddress.Host, StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]{1,64}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ConnectionName();
}

using System.Net;
using System.Text.RegularExpressions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>What makes the whole configuration usable, beyond each setting being readable.</summary>
internal sealed partial class ServiceRules(ConfigurationProblems problems)
{
    /// <summary>
    /// The least of OWASP ASVS 5.0 (6.2.1), for keys that people think up; a guess costs six seconds
    /// (<c>GuessLimit</c>).
    /// </summary>
    private const int ShortestOperatorKey = 8;

    private readonly ConnectionRules _connections = new(problems);

    /// <summary>Notes everything that is wrong.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="development">
    /// In Development a service without connections may start: the previews work without.
    /// </param>
    public void Check(ServiceOptions options, bool development)
    {
        CheckNumbers(options);
        CheckAddresses(options);
        CheckOperator(options.Admin, development);
        CheckProxies(options.ForwardedHeaders);
        new SectionRules(problems, string.Empty).Require(
            nameof(options.Connections),
            development || options.Connections.Count > 0,
            "none is configured; add at least one with Source, WriteKeys and AccessToken, in a file (--config FILE) or as Connections__<name>__Source and so on"
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

    private void CheckNumbers(ServiceOptions options)
    {
        var graph = new SectionRules(problems, nameof(options.Graph));
        graph.Range(
            nameof(options.Graph.Timeout),
            options.Graph.Timeout,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromMinutes(5)
        );

        var outbox = new SectionRules(problems, nameof(options.Outbox));
        outbox.Require(
            nameof(options.Outbox.Path),
            !string.IsNullOrWhiteSpace(options.Outbox.Path),
            "must be the path of the database file"
        );
        outbox.Require(
            nameof(options.Outbox.KeyDirectory),
            options.Outbox.KeyDirectory is null || !string.IsNullOrWhiteSpace(options.Outbox.KeyDirectory),
            "must be the path of a folder"
        );
        outbox.Range(
            nameof(options.Outbox.MaxPendingCommitBytes),
            options.Outbox.MaxPendingCommitBytes,
            64 * 1024,
            4L * 1024 * 1024 * 1024
        );
        outbox.Range(
            nameof(options.Outbox.FailedRetention),
            options.Outbox.FailedRetention,
            TimeSpan.FromHours(1),
            TimeSpan.FromDays(3650)
        );

        var delivery = new SectionRules(problems, nameof(options.Delivery));
        delivery.Range(
            nameof(options.Delivery.FlushInterval),
            options.Delivery.FlushInterval,
            TimeSpan.Zero,
            TimeSpan.FromHours(1)
        );
        delivery.Range(nameof(options.Delivery.MaxConcurrency), options.Delivery.MaxConcurrency, 1, 64);
        delivery.Range(nameof(options.Delivery.MaxBatchBytes), options.Delivery.MaxBatchBytes, 1024, 64 * 1024 * 1024);
        delivery.Range(
            nameof(options.Delivery.RetryBaseDelay),
            options.Delivery.RetryBaseDelay,
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromHours(1)
        );
        delivery.Range(
            nameof(options.Delivery.RetryMaxDelay),
            options.Delivery.RetryMaxDelay,
            options.Delivery.RetryBaseDelay,
            TimeSpan.FromDays(1)
        );
        delivery.Range(
            nameof(options.Delivery.ProbeBaseDelay),
            options.Delivery.ProbeBaseDelay,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromHours(1)
        );
        delivery.Range(
            nameof(options.Delivery.ProbeMaxDelay),
            options.Delivery.ProbeMaxDelay,
            options.Delivery.ProbeBaseDelay,
            TimeSpan.FromDays(1)
        );
        delivery.Range(
            nameof(options.Delivery.DrainTimeout),
            options.Delivery.DrainTimeout,
            TimeSpan.Zero,
            TimeSpan.FromMinutes(10)
        );

        var ingestion = new SectionRules(problems, nameof(options.Ingestion));
        ingestion.Range(
            nameof(options.Ingestion.MaxBodyBytes),
            options.Ingestion.MaxBodyBytes,
            1024,
            256 * 1024 * 1024
        );
        ingestion.Range(
            nameof(options.Ingestion.MaxCompressionRatio),
            options.Ingestion.MaxCompressionRatio,
            2,
            100_000
        );
        ingestion.Range(nameof(options.Ingestion.MaxEventsPerBody), options.Ingestion.MaxEventsPerBody, 1, 1_000_000);
        ingestion.Range(
            nameof(options.Ingestion.MaxInFlightBodyBytes),
            options.Ingestion.MaxInFlightBodyBytes,
            options.Ingestion.LeastInFlightBodyBytes,
            64L * 1024 * 1024 * 1024
        );
        ingestion.Range(nameof(options.Ingestion.MaxConnections), options.Ingestion.MaxConnections, 1, 1_000_000);
        ingestion.Range(
            nameof(options.Ingestion.HeaderTimeout),
            options.Ingestion.HeaderTimeout,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromMinutes(10)
        );
        ingestion.Range(
            nameof(options.Ingestion.BodyTimeout),
            options.Ingestion.BodyTimeout,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromHours(1)
        );
        var limit = new SectionRules(problems, $"{nameof(options.Ingestion)}:{nameof(options.Ingestion.RateLimit)}");
        limit.Range(
            nameof(RateLimitOptions.RequestsPerSecond),
            options.Ingestion.RateLimit.RequestsPerSecond,
            1,
            1_000_000
        );
        limit.Range(nameof(RateLimitOptions.Burst), options.Ingestion.RateLimit.Burst, 1, 10_000_000);
    }

    private void CheckAddresses(ServiceOptions options)
    {
        var graph = new SectionRules(problems, nameof(options.Graph));
        graph.Require(
            nameof(options.Graph.BaseAddress),
            IsPlainAddress(options.Graph.BaseAddress),
            "must be an https address without user, query or fragment; http only for this machine"
        );
        graph.Require(
            nameof(options.Graph.BaseAddress),
            IsAllowed(options.Graph),
            $"names the host {options.Graph.BaseAddress.Host}, which would get every access token; if it may, list it in Graph:AllowedHosts"
        );
        for (var i = 0; i < options.Graph.AllowedHosts.Count; i++)
        {
            graph.Require(
                $"{nameof(options.Graph.AllowedHosts)}:{i}",
                Uri.CheckHostName(options.Graph.AllowedHosts[i]) != UriHostNameType.Unknown,
                "is not a host name; write it without scheme, port or path, for example gateway.example"
            );
        }

        graph.Require(
            nameof(options.Graph.ApiVersion),
            GraphVersion().IsMatch(options.Graph.ApiVersion),
            "is not a Graph version; write for example v26.0"
        );
        graph.Require(
            nameof(options.Graph.OfflineEventsApiVersion),
            GraphVersion().IsMatch(options.Graph.OfflineEventsApiVersion),
            "is not a Graph version; write for example v16.0"
        );

        var cors = new SectionRules(problems, $"{nameof(options.Cors)}:{nameof(options.Cors.Origins)}");
        for (var i = 0; i < options.Cors.Origins.Count; i++)
        {
            var origin = options.Cors.Origins[i];
            var right =
                origin == "*"
                || (
                    Uri.TryCreate(origin, UriKind.Absolute, out var address)
                    && IsWeb(address)
                    && address.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase)
                );
            cors.Require(
                $"{i}",
                right,
                "is not an origin; write scheme and host without a path, for example https://shop.example, or *"
            );
        }
    }

    private void CheckOperator(AdminOptions admin, bool development)
    {
        var rules = new SectionRules(problems, nameof(ServiceOptions.Admin));
        rules.Require(
            nameof(admin.ApiKey),
            admin.ApiKey is not { IsBlank: true },
            "holds nothing but blanks; write the key, or leave the setting out"
        );
        rules.Require(
            nameof(admin.ApiKey),
            development || admin.ApiKey is not { } key || key.Reveal().Length >= ShortestOperatorKey,
            $"is too short: outside Development at least {ShortestOperatorKey} characters are needed; make one with openssl rand -hex 24"
        );
        rules.Require(
            nameof(admin.ApiKey),
            development || admin.ApiKey is not { } open || !DemoKeys.IsOne(open.Reveal()),
            "is a demo key, which everybody can read: outside Development make one with openssl rand -hex 24"
        );
        rules.Range(nameof(admin.Port), admin.Port ?? 1, 1, 65535);
        rules.Require(
            nameof(admin.Host),
            admin.Host is "*" or "localhost" || IPAddress.TryParse(admin.Host, out _),
            "is not an IP address, localhost or *"
        );
    }

    private void CheckProxies(ProxyOptions proxies)
    {
        var rules = new SectionRules(problems, nameof(ServiceOptions.ForwardedHeaders));
        for (var i = 0; i < proxies.KnownProxies.Count; i++)
        {
            rules.Require(
                $"{nameof(proxies.KnownProxies)}:{i}",
                IPAddress.TryParse(proxies.KnownProxies[i], out _),
                "is not an IP address"
            );
        }

        for (var i = 0; i < proxies.KnownNetworks.Count; i++)
        {
            rules.Require(
                $"{nameof(proxies.KnownNetworks)}:{i}",
                IPNetwork.TryParse(proxies.KnownNetworks[i], out _),
                "is not a network; write for example 10.0.0.0/8"
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
                    $"is already a key of Connections:{owners[connection.WriteKeys[i]]}; a key belongs to exactly one connection"
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

    private static bool IsWeb(Uri address) =>
        address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps;

    [GeneratedRegex(@"\Av[0-9]+\.[0-9]+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GraphVersion();

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]{1,64}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ConnectionName();
}

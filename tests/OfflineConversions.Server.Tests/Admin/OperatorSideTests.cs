using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OfflineConversions.Server.Tests.Ingestion;
using static OfflineConversions.Server.Tests.Admin.OperatorRequests;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>What the operator's side shows to whom.</summary>
public sealed class OperatorSideTests
{
    private const string Key = "\"Admin\": { \"ApiKey\": \"the-operators-key\" }";

    [Fact]
    public async Task Who_guesses_the_operators_key_is_slowed_down_and_no_source_with_him()
    {
        await using var service = await ServiceUnderTest.StartAsync($"{Key}, {ServiceUnderTest.FourSources}");

        var guesses = new List<HttpResponseMessage>();
        for (var i = 0; i < 25; i++)
        {
            guesses.Add(await GetAsync(service, "/api/ledger", ("Authorization", $"Bearer guess-{i}")));
        }

        guesses
            .Select(guess => (int)guess.StatusCode)
            .Should()
            .StartWith(Enumerable.Repeat(401, 20))
            .And.EndWith([429, 429]);
        int.Parse(guesses[^1].Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture)
            .Should()
            .BeInRange(1, 6);
        using var sale = await service.PostAsync(
            "/v1/track",
            ServiceUnderTest.Sample(SourceName.Segment, "/v1/track"),
            "seg-key-1"
        );
        sale.StatusCode.Should().Be(HttpStatusCode.OK);
        guesses.ForEach(guess => guess.Dispose());
    }

    [Fact]
    public async Task Who_has_shown_the_right_key_goes_on_while_another_guesses_from_the_same_address()
    {
        await using var service = await ServiceUnderTest.StartAsync($"{Key}, {ServiceUnderTest.FourSources}");
        (await GetAsync(service, "/api/ledger", ("Authorization", "Bearer the-operators-key")))
            .StatusCode.Should()
            .Be(HttpStatusCode.OK);

        var guesses = new List<HttpResponseMessage>();
        for (var i = 0; i < 30; i++)
        {
            guesses.Add(await GetAsync(service, "/api/ledger", ("Authorization", "Bearer guess")));
        }

        guesses
            .Select(guess => (int)guess.StatusCode)
            .Should()
            .StartWith(Enumerable.Repeat(401, 20))
            .And.EndWith([429, 429], "he is slowed down as anywhere else");
        int.Parse(guesses[^1].Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture)
            .Should()
            .BeInRange(1, 6);
        guesses.ForEach(guess => guess.Dispose());
        (await GetAsync(service, "/api/ledger", ("Authorization", "Bearer the-operators-key")))
            .StatusCode.Should()
            .Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-For", "198.51.100.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Host", "evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Without_a_key_a_request_through_a_proxy_or_from_a_foreign_page_is_nobody_of_this_machine(
        string header,
        string value
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(environment: "Development");

        (await GetAsync(service, "/api/ledger")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await GetAsync(service, "/api/ledger", (header, value))).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("\"ForwardedHeaders\": { \"KnownProxies\": [\"198.51.100.9\"] }, ", 2)]
    [InlineData("\"ForwardedHeaders\": { \"KnownProxies\": [\"127.0.0.1\"] }, ", 12)]
    [InlineData("\"ForwardedHeaders\": { \"KnownNetworks\": [\"127.0.0.0/8\", \"10.0.0.0/8\"] }, ", 12)]
    public async Task A_forwarded_address_counts_only_from_a_known_proxy(string proxies, int tries)
    {
        await using var service = await ServiceUnderTest.StartAsync($"{proxies}{Key}, {ServiceUnderTest.FourSources}");
        for (var i = 0; i < 18; i++)
        {
            // Whatever a caller claims on the left is not believed.
            (
                await GetAsync(
                    service,
                    "/api/ledger",
                    ("Authorization", "Bearer guess"),
                    ("X-Forwarded-For", $"203.0.113.{i}, 192.0.2.1")
                )
            ).Dispose();
        }

        var others = 0;
        while (
            others < 12
            && (
                await GetAsync(
                    service,
                    "/api/ledger",
                    ("Authorization", "Bearer guess"),
                    ("X-Forwarded-For", $"203.0.113.1, 192.0.3.{others}")
                )
            ).StatusCode == HttpStatusCode.Unauthorized
        )
        {
            others++;
        }

        others.Should().Be(tries);
    }

    [Theory]
    [InlineData("/api/ledger", "default-src 'none'")]
    [InlineData("/swagger/index.html", "script-src 'self'; style-src")]
    [InlineData("/healthz", "default-src 'none'")]
    [InlineData("/nowhere", "default-src 'none'")]
    public async Task Every_answer_tells_a_browser_to_be_careful(string path, string policy)
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"Cors\": {{ \"Origins\": [\"https://shop.example\"] }}, {Key}, {ServiceUnderTest.FourSources}"
        );

        using var answer = await GetAsync(service, path, ("Origin", "https://shop.example"));

        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        answer.Headers.GetValues("X-Frame-Options").Should().Equal("DENY");
        answer.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
        var csp = answer.Headers.GetValues("Content-Security-Policy").Single();
        csp.Should().Contain(policy).And.Contain("frame-ancestors 'none'").And.NotContain("unsafe");
        answer.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
        (answer.Headers.CacheControl?.NoStore ?? false).Should().Be(path.StartsWith("/api", StringComparison.Ordinal));
        answer.Headers.Server.Should().BeEmpty();
    }

    [Fact]
    public async Task A_name_that_is_not_ours_is_refused_as_everything_is()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"AllowedHosts\": \"shop.example\", {ServiceUnderTest.FourSources}"
        );

        using var refused = await GetAsync(service, "/healthz", ("Host", "kanari.example"));
        using var served = await GetAsync(service, "/healthz", ("Host", "shop.example"));

        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        refused.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        (await refused.Content.ReadAsStringAsync()).Should().Contain("AllowedHosts").And.NotContain("kanari");
        served.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Metrics_are_whole_however_many_read_them()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var read = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var texts = new List<string>();
                        for (var i = 0; i < 25; i++)
                        {
                            texts.Add(await service.Http.GetStringAsync("/metrics"));
                        }

                        return texts;
                    })
                )
        );

        read.SelectMany(texts => texts)
            .Should()
            .OnlyContain(text => text.Contains("offlineconversions_connection_halted{connection=\"seg\"} 0"));
    }
}

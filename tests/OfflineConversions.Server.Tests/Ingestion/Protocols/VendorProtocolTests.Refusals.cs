using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols;

/// <summary>What every source refuses, and how.</summary>
public sealed partial class VendorProtocolTests
{
    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_wrong_key_is_refused_in_the_form_of_the_routes_first_vendor(string source, string path)
    {
        using var response = await Running.PostAsync(FiveSources.Of(source), path, "wrong-key:wrong", "{}");

        await ShouldBeAsync(response, First(path).Refuse(Refusal.WrongKey));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_key_of_another_source_is_refused_like_a_wrong_one(string source)
    {
        var protocol = FiveSources.Of(source);
        var path = $"/{protocol.Source.Tag}{protocol.Routes[0].Path}";
        foreach (var other in FiveSources.Names.Where(name => name != source))
        {
            using var response = await Running.PostAsync(protocol, path, FiveSources.Key(other), "{}");

            await ShouldBeAsync(response, protocol.Refuse(Refusal.WrongKey));
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_missing_key_is_refused(string source, string path)
    {
        using var response = await Running.PostAsync(FiveSources.Of(source), path, key: null, "{}");

        await ShouldBeAsync(response, First(path).Refuse(Refusal.MissingKey));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Malformed_JSON_is_refused_and_never_quoted(string source)
    {
        var protocol = FiveSources.Of(source);
        var path = $"/{protocol.Source.Tag}{protocol.Routes.Last(route => route.ReadQuery is null).Path}";
        var expected = protocol.Refuse(Refusal.MalformedJson(new JsonException(null, null, 0, 9)));

        using var response = await Running.PostAsync(protocol, path, FiveSources.Key(source), "{\"a\":1 secret");

        ((int)response.StatusCode).Should().Be(expected.Status);
        response.Content.Headers.ContentType?.MediaType.Should().Be(expected.MediaType);
        (await response.Content.ReadAsStringAsync()).Should().NotBeEmpty().And.NotContain("secret");
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_body_over_a_limit_is_refused_and_one_within_is_accepted(string source)
    {
        await using var small = await ServiceUnderTest.StartAsync(
            $"\"Ingestion\": {{ \"MaxEventsPerBody\": 1, \"MaxBodyBytes\": 65536 }}, {FiveSources.Connections}",
            protocols: FiveSources.Protocols
        );
        var protocol = FiveSources.Of(source);
        var one = $"/{protocol.Source.Tag}{protocol.Routes[0].Path}";
        var event1 = Samples(protocol, one)[0].Body.ToJsonString();
        var batch = protocol.Routes.First(route => Events(source, protocol, route) > 1);
        async Task<HttpResponseMessage> PostAsync(string path, string body) =>
            await small.PostAsync(protocol, path, FiveSources.Key(source), body);

        using var within = await PostAsync(one, event1);
        using var large = await PostAsync(one, event1 + new string(' ', 65536));
        using var many = await PostAsync(
            $"/{protocol.Source.Tag}{batch.Path}",
            Samples(protocol, batch.Path)[0].Body.ToJsonString()
        );

        await ShouldBeAsync(within, protocol.Success);
        await ShouldBeAsync(large, protocol.Refuse(Refusal.TooLarge(65536)));
        await ShouldBeAsync(many, protocol.Refuse(Refusal.TooManyEvents(1)));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task An_outbox_that_cannot_accept_events_is_a_503_with_Retry_After(string source)
    {
        await using var full = await ServiceUnderTest.StartAsync(
            FiveSources.Connections,
            protocols: FiveSources.Protocols
        );
        full.Outbox.UnavailableFor = TimeSpan.FromSeconds(2);
        var protocol = FiveSources.Of(source);
        var path = $"/{protocol.Source.Tag}{protocol.Routes[0].Path}";

        using var response = await full.PostAsync(
            protocol,
            path,
            FiveSources.Key(source),
            Samples(protocol, path)[0].Body.ToJsonString()
        );

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        response.Headers.GetValues("Retry-After").Should().Equal("2");
        await ShouldBeAsync(response, protocol.Refuse(Refusal.Unavailable(TimeSpan.FromSeconds(2))));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_refusal_has_a_status_of_an_error_and_a_body_that_parses(string source)
    {
        var protocol = FiveSources.Of(source);
        foreach (var kind in Enum.GetValues<RefusalKind>())
        {
            var response = protocol.Refuse(new Refusal(kind, "A \"quoted\" text, é and \u2028."));

            response.Status.Should().BeInRange(400, 599, kind.ToString());
            response.MediaType.Should().BeOneOf("application/json", "text/plain", "application/problem+json");
            response.Example!.ToJsonString().Length.Should().BeGreaterThan(2);
        }

        protocol.Refuse(Refusal.RateLimited(default)).Status.Should().Be(429);
        protocol.Refuse(Refusal.Unavailable(default)).Status.Should().Be(503);
    }
}

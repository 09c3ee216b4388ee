using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class IngestionEndpointsTests : IAsyncLifetime
{
    private ServiceUnderTest _service = null!;

    public static TheoryData<string, string> EveryRoute()
    {
        var routes = new TheoryData<string, string>();
        foreach (var route in VendorProtocols.All.Routes.Where(route => route.Vendor.ReadQuery is null))
        {
            foreach (var protocol in route.Protocols)
            {
                routes.Add(route.Path, protocol.Source.Name);
            }
        }

        return routes;
    }

    public async Task InitializeAsync() => _service = await ServiceUnderTest.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [MemberData(nameof(EveryRoute))]
    public async Task Every_route_answers_its_source_in_the_words_its_SDK_takes_for_success(string path, string source)
    {
        foreach (var slash in new[] { "", "/" })
        {
            using var answer = await _service.PostAsync(
                path + slash,
                ServiceUnderTest.Sample(source, path),
                Key(source)
            );
            var body = await answer.Content.ReadAsStringAsync();

            answer
                .StatusCode.Should()
                .Be(source == SourceName.MParticle ? HttpStatusCode.Accepted : HttpStatusCode.OK, body);
            body.Should()
                .Be(
                    source switch
                    {
                        SourceName.MParticle => "",
                        SourceName.Segment => """{"success":true}""",
                        SourceName.RudderStack => "OK",
                        _ => "{}",
                    }
                );
            answer
                .Content.Headers.ContentType?.MediaType.Should()
                .Be(
                    source switch
                    {
                        SourceName.MParticle => null,
                        SourceName.RudderStack => "text/plain",
                        _ => "application/json",
                    }
                );
        }
    }

    [Theory]
    [InlineData("/mparticle/v2/events", SourceName.MParticle)]
    [InlineData("/segment/v1/track", SourceName.Segment)]
    [InlineData("/v1/t", SourceName.Segment)]
    [InlineData("/rudderstack/v1/batch", SourceName.RudderStack)]
    [InlineData("/events", SourceName.CommandersAct)]
    public async Task What_is_answered_with_success_is_in_the_outbox(string path, string source)
    {
        (await _service.PostAsync(path, ServiceUnderTest.Sample(source, path), Key(source))).Dispose();

        _service
            .Outbox.Entries.Should()
            .NotBeEmpty()
            .And.OnlyContain(entry => entry.Delivery.Payload.Length > 0 && entry.ChunkEvents == 1000);
    }

    [Theory]
    [InlineData("/segment/v1/track", "rud-key-1", 401)]
    [InlineData("/rudderstack/v1/track", "seg-key-1", 401)]
    [InlineData("/commandersact/events", "seg-key-1", 401)]
    [InlineData("/mparticle/v2/events", "seg-key-1", 403)]
    [InlineData("/v1/track", "com-key-1", 401)]
    [InlineData("/v1/track", "nobody", 401)]
    [InlineData("/mparticle/v2/events", "mp-key:wrong", 403)]
    [InlineData("/mparticle/v2/events", null, 401)]
    [InlineData("/rudderstack/v1/track", null, 401)]
    [InlineData("/segment/v1/track", null, 401)]
    [InlineData("/commandersact/events", null, 401)]
    [InlineData("/commandersact/events?token=nobody", null, 401)]
    public async Task A_key_that_does_not_belong_to_the_path_is_refused(string path, string? key, int status)
    {
        using var answer = await _service.PostAsync(path, "{}", key);

        ((int)answer.StatusCode).Should().Be(status);
        _service.Outbox.Entries.Should().BeEmpty();
    }

    [Fact]
    public async Task Segments_key_may_stand_in_the_body_alone()
    {
        var body = ServiceUnderTest.Sample(SourceName.Segment, "/v1/t").Insert(1, "\"writeKey\":\"seg-second\",");

        using var answer = await _service.PostAsync("/v1/t", body, key: null);
        using var withToken = await _service.SendAsync(
            "/v1/t",
            new StringContent(body),
            new AuthenticationHeaderValue("Bearer", "an-oauth-token")
        );
        using var wrong = await _service.PostAsync(
            "/v1/t",
            body.Replace("seg-second", "rud-key-1", StringComparison.Ordinal),
            key: null
        );

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        withToken.StatusCode.Should().Be(HttpStatusCode.OK);
        wrong.StatusCode.Should().Be(HttpStatusCode.Unauthorized, "a key in the body is Segment's way only");
    }

    [Fact]
    public async Task Commanders_Act_may_bring_its_key_as_token_or_as_bearer()
    {
        var body = ServiceUnderTest.Sample(SourceName.CommandersAct, "/events");

        using var token = await _service.PostAsync("/events?tc_s=29&token=com-key-1", body, key: null);
        using var bearer = await _service.SendAsync(
            "/events/?tc_s=29",
            new StringContent(body),
            new AuthenticationHeaderValue("Bearer", "com-key-1")
        );

        token.StatusCode.Should().Be(HttpStatusCode.OK);
        bearer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Basic not-base64!")]
    [InlineData("Basic")]
    [InlineData("Digest whatever")]
    [InlineData("Basic c2VnLWtleQ==x")]
    public async Task A_garbled_authorization_is_refused_and_not_an_error(string header)
    {
        using var answer = await _service.PostAsync("/rudderstack/v1/track", "{}", null, ("Authorization", header));

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_same_event_again_is_answered_with_success_and_told_as_a_duplicate()
    {
        var body = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");

        using var first = await _service.PostAsync(
            "/segment/v1/track",
            body,
            "seg-key-1",
            ("Prefer", "return=representation")
        );
        using var again = await _service.PostAsync(
            "/segment/v1/track",
            body,
            "seg-key-1",
            ("Prefer", "return=representation")
        );

        (await Outcome(first)).Should().Be(("accepted", null));
        (await Outcome(again)).Should().Be(("ignored", "duplicate"));
        again.StatusCode.Should().Be(HttpStatusCode.OK);
        again.Headers.GetValues("Preference-Applied").Should().Equal("return=representation");
        _service.Outbox.Entries.Should().ContainSingle();
    }

    [Theory]
    [InlineData("/mparticle/v2/events", SourceName.MParticle)]
    [InlineData("/segment/v1/track", SourceName.Segment)]
    [InlineData("/rudderstack/v1/track", SourceName.RudderStack)]
    [InlineData("/commandersact/events", SourceName.CommandersAct)]
    public async Task A_queue_that_cannot_take_events_answers_503_with_whole_seconds_to_wait(string path, string source)
    {
        _service.Outbox.UnavailableFor = TimeSpan.FromMilliseconds(1200);

        using var answer = await _service.PostAsync(path, ServiceUnderTest.Sample(source, path), Key(source));

        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        answer.Headers.GetValues("Retry-After").Should().Equal("2");
    }

    [Fact]
    public async Task A_call_that_is_no_track_call_is_accepted_and_ignored()
    {
        using var answer = await _service.PostAsync(
            "/v1/identify",
            ServiceUnderTest.Sample(SourceName.RudderStack, "/v1/identify"),
            "rud-key-1",
            ("Prefer", "return=representation")
        );

        (await Outcome(answer)).Should().Be(("ignored", "unsupported_type"));
        _service.Outbox.Entries.Should().BeEmpty();
    }

    private static string Key(string source) =>
        source switch
        {
            SourceName.MParticle => "mp-key:mp-secret",
            SourceName.Segment => "seg-key-1",
            SourceName.RudderStack => "rud-key-1",
            _ => "com-key-1",
        };

    private static async Task<(string?, string?)> Outcome(HttpResponseMessage answer)
    {
        var only = JsonElement
            .Parse(await answer.Content.ReadAsStringAsync())
            .GetProperty("events")
            .EnumerateArray()
            .Single();
        return (only.GetProperty("outcome").GetString(), only.GetProperty("reason").GetString());
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols;

/// <summary>
/// The contract of <see cref="IVendorProtocol"/>: what every entry of the registry promises, a made-up fifth source
/// included. It runs over sockets against one service that delivers to the sandbox.
/// </summary>
public sealed class VendorProtocolTests(VendorProtocolTests.Service running)
    : IClassFixture<VendorProtocolTests.Service>
{
    private ServiceUnderTest Running => running.Instance;

    public static TheoryData<string> Sources => [.. FiveSources.Names];

    public static TheoryData<string, string> Routes()
    {
        var routes = new TheoryData<string, string>();
        foreach (var route in FiveSources.Protocols.Routes)
        {
            foreach (var protocol in route.Protocols)
            {
                routes.Add(protocol.Source.Name, route.Path);
            }
        }

        return routes;
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_route_accepts_its_samples_with_the_vendors_success(string source, string path)
    {
        var protocol = FiveSources.Of(source);
        foreach (var sample in Samples(protocol, path))
        {
            using var response = await Running.PostAsync(
                protocol,
                path + (sample.Name.Length % 2 == 0 ? "/" : string.Empty),
                FiveSources.Key(source),
                sample.Body.ToJsonString()
            );

            await ShouldBeAsync(response, FiveSources.Route(path).Vendor.Success ?? protocol.Success);
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Repeated_slashes_lead_to_the_same_route(string source, string path)
    {
        var protocol = FiveSources.Of(source);
        foreach (var repeated in new[] { $"/{path}", path.Replace("/", "//", StringComparison.Ordinal), $"{path}//" })
        {
            using var response = await Running.PostAsync(
                protocol,
                repeated,
                FiveSources.Key(source),
                Samples(protocol, path)[0].Body.ToJsonString()
            );

            await ShouldBeAsync(response, FiveSources.Route(path).Vendor.Success ?? protocol.Success);
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task No_sample_is_rejected(string source, string path)
    {
        var protocol = FiveSources.Of(source);
        foreach (var sample in Samples(protocol, path))
        {
            var outcomes = await OutcomesAsync(protocol, path, sample);

            outcomes.Should().NotBeEmpty().And.NotContain("rejected", sample.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task The_samples_of_the_first_route_reach_Meta_in_a_form_it_takes(string source)
    {
        var protocol = FiveSources.Of(source);
        var samples = Samples(protocol, protocol.Routes[0].Path);
        foreach (var sample in samples)
        {
            var path = $"/{protocol.Source.Tag}{protocol.Routes[0].Path}";
            (await OutcomesAsync(protocol, path, sample)).Should().Equal("accepted");
        }

        var received = await running.Received.UntilAsync(events =>
            events.Count(one => Dataset(one) == running.Dataset(source)) >= samples.Count
        );

        received.Should().OnlyContain(one => !one.ToJsonString().Contains("@example.com", StringComparison.Ordinal));
    }

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

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task The_document_lists_its_routes_its_samples_and_its_own_scheme(string source)
    {
        var protocol = FiveSources.Of(source);
        var document = await Running.GetJsonAsync("/openapi/v1.json");
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty(protocol.Source.Tag);
        var tags = document.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString());

        scheme.GetProperty("description").GetString().Should().NotBeNullOrWhiteSpace();
        tags.Should().Contain(protocol.Title);
        document.GetProperty("info").GetProperty("description").GetString().Should().Contain(protocol.Title);
        foreach (var route in protocol.Routes)
        {
            var operation = document
                .GetProperty("paths")
                .GetProperty($"/{protocol.Source.Tag}{route.Path}")
                .GetProperty(route.ReadQuery is null ? "post" : "get");
            operation.GetProperty("tags")[0].GetString().Should().Be(protocol.Title);
            operation.GetProperty("security")[0].TryGetProperty(protocol.Source.Tag, out _).Should().BeTrue();
            operation
                .GetProperty("responses")
                .EnumerateObject()
                .Select(response => response.Name)
                .Should()
                .Contain([$"{protocol.Success.Status}", $"{protocol.Refuse(Refusal.WrongKey).Status}", "429", "503"]);
            if (route.ReadQuery is not null)
            {
                operation.GetProperty("parameters").GetArrayLength().Should().BeGreaterThan(2);
                continue;
            }

            operation
                .GetProperty("requestBody")
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("examples")
                .EnumerateObject()
                .Select(example => example.Name)
                .Should()
                .Equal(Samples(protocol, route.Path).Select(sample => sample.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_preview_shows_what_the_route_makes_of_its_samples(string source)
    {
        var protocol = FiveSources.Of(source);
        var route = protocol.Routes.First(route => Events(source, protocol, route) > 1);
        foreach (var sample in Samples(protocol, route.Path))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/preview");
            request.Headers.Authorization = new("Bearer", FiveSources.OperatorKey);
            request.Content = JsonContent.Create(
                new JsonObject { ["connection"] = running.Connection(source), ["body"] = sample.Body.DeepClone() }
            );
            using var response = await Running.Http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();

            response.StatusCode.Should().Be(HttpStatusCode.OK, text);
            JsonElement
                .Parse(text)
                .GetProperty("events")
                .EnumerateArray()
                .Select(one => one.GetProperty("outcome").GetString())
                .Should()
                .Equal(await OutcomesAsync(protocol, $"/{protocol.Source.Tag}{route.Path}", sample, fresh: true));
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Metrics_count_its_events_and_its_refusals_under_its_tag(string source)
    {
        var protocol = FiveSources.Of(source);
        var path = $"/{protocol.Source.Tag}{protocol.Routes[0].Path}";
        _ = await OutcomesAsync(protocol, path, Samples(protocol, path)[0]);
        using var refused = await Running.PostAsync(protocol, path, key: null, "{}");

        var lines = (await Running.Http.GetStringAsync("/metrics")).Split('\n');

        lines
            .Should()
            .Contain(line =>
                line.StartsWith("offlineconversions_events_total{", StringComparison.Ordinal)
                && line.Contains($"source=\"{protocol.Source.Tag}\"", StringComparison.Ordinal)
                && line.Contains($"connection=\"{running.Connection(source)}\"", StringComparison.Ordinal)
            )
            .And.Contain(line =>
                line.StartsWith("offlineconversions_request_duration", StringComparison.Ordinal)
                && line.Contains($"source=\"{protocol.Source.Tag}\"", StringComparison.Ordinal)
                && line.Contains($"status=\"{(int)refused.StatusCode}\"", StringComparison.Ordinal)
            );
    }

    private async Task<string[]> OutcomesAsync(IVendorProtocol protocol, string path, Sample sample, bool fresh = false)
    {
        // A sample that was posted before is a duplicate. Only what the outbox says differs then.
        using var response = await Running.PostAsync(
            protocol,
            path,
            FiveSources.Key(protocol.Source.Name),
            sample.Body.ToJsonString(),
            prefersOutcomes: true
        );
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.Should().BeTrue(text);
        return
        [
            .. JsonElement
                .Parse(text)
                .GetProperty("events")
                .EnumerateArray()
                .Select(one =>
                    fresh && one.GetProperty("reason").GetString() == "duplicate"
                        ? "accepted"
                        : one.GetProperty("outcome").GetString()!
                ),
        ];
    }

    private int Events(string source, IVendorProtocol protocol, VendorRoute route) =>
        running
            .Pipeline(source)
            .Measure(JsonSerializer.SerializeToElement(Samples(protocol, route.Path)[0].Body))
            .Events;

    private static IReadOnlyList<Sample> Samples(IVendorProtocol protocol, string path)
    {
        var route = FiveSources.Route(path).Vendor;
        return protocol.Samples(route, Sample.Time(DateTimeOffset.UtcNow));
    }

    private static IVendorProtocol First(string path) =>
        FiveSources.Protocols.Routes.First(route => route.Path == path).Protocols[0];

    private static string Dataset(JsonNode received) => received["dataset"]!.GetValue<string>();

    private static async Task ShouldBeAsync(HttpResponseMessage response, VendorResponse expected)
    {
        var body = await response.Content.ReadAsStringAsync();

        ((int)response.StatusCode).Should().Be(expected.Status, body);
        response.Content.Headers.ContentType?.MediaType.Should().Be(expected.MediaType);
        switch (expected.MediaType)
        {
            case null:
                body.Should().BeEmpty();
                break;
            case "image/gif":
                body.Should().StartWith("GIF89a");
                break;
            case "text/plain":
                body.Should().Be(expected.Example!.GetValue<string>());
                break;
            case "application/json":
                JsonNode.DeepEquals(JsonNode.Parse(body), expected.Example).Should().BeTrue(body);
                break;
            default:
                JsonNode.Parse(body)!["detail"]!
                    .GetValue<string>()
                    .Should()
                    .Be(expected.Example!["detail"]!.ToString());
                break;
        }
    }

    /// <summary>One service for all sources.</summary>
    public sealed class Service : IAsyncLifetime
    {
        internal ServiceUnderTest Instance { get; private set; } = null!;

        internal ReceivedEvents Received { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Instance = await ServiceUnderTest.StartAsync(
                FiveSources.WithSandbox,
                onDisk: true,
                protocols: FiveSources.Protocols
            );
            Received = new ReceivedEvents(Instance.Http);
        }

        public async Task DisposeAsync() => await Instance.DisposeAsync();

        internal string Connection(string source) => Find(source).Name;

        internal string Dataset(string source) => Find(source).Source.Datasets(Find(source).Options).First();

        internal ConversionPipeline Pipeline(string source) => Find(source).Pipeline;

        private Server.Connections.Connection Find(string source) =>
            Instance
                .Services.GetRequiredService<Server.Connections.ConnectionRegistry>()
                .All.First(connection => connection.Source.Name == source);
    }
}

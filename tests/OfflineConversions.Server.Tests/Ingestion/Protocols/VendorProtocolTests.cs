using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Json;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols;

/// <summary>
/// The contract of <see cref="IVendorProtocol"/>: what every entry of the registry promises, a made-up fifth source
/// included. It runs over sockets against one service that delivers to the sandbox.
/// </summary>
public sealed partial class VendorProtocolTests(VendorProtocolTests.Service running)
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
            .Measure(JsonTree.Parse(JsonSerializer.SerializeToUtf8Bytes(Samples(protocol, route.Path)[0].Body)).Root)
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

using System.Net;
using System.Text.Json;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.OpenApi;

public sealed class ApiDescriptionTests : IAsyncLifetime
{
    private ServiceUnderTest _service = null!;
    private JsonElement _paths;

    public async Task InitializeAsync()
    {
        _service = await ServiceUnderTest.StartAsync(environment: "Development");
        _paths = (await _service.GetJsonAsync("/openapi/v1.json")).GetProperty("paths");
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public void Every_route_is_described_with_its_answers_and_how_to_authenticate()
    {
        foreach (
            var route in VendorProtocols.All.Routes.Where(route =>
                route is { WithoutSource: false, Vendor.ReadQuery: null }
            )
        )
        {
            var operation = _paths.GetProperty(route.Path).GetProperty("post");

            operation.GetProperty("security").EnumerateArray().Should().NotBeEmpty(route.Path);
            operation.GetProperty("tags").EnumerateArray().Should().ContainSingle(route.Path);
            operation
                .GetProperty("responses")
                .EnumerateObject()
                .Select(response => response.Name)
                .Should()
                .Contain(["400", "401", "429", "503"], route.Path);
        }

        foreach (
            var path in new[]
            {
                "/healthz",
                "/readyz",
                "/metrics",
                "/api/outcomes",
                "/api/events",
                "/api/events/{eventId}",
                "/api/funnel",
                "/api/tail",
                "/api/backlog",
                "/api/failed",
                "/api/preview",
            }
        )
        {
            _paths.TryGetProperty(path, out _).Should().BeTrue(path);
        }
    }

    [Fact]
    public async Task Every_group_of_routes_says_what_it_is()
    {
        var described = (await _service.GetJsonAsync("/openapi/v1.json"))
            .GetProperty("tags")
            .EnumerateArray()
            .Select(tag => tag.GetProperty("name").GetString());
        var used = _paths
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .SelectMany(operation => operation.Value.GetProperty("tags").EnumerateArray())
            .Select(tag => tag.GetString())
            .Distinct();

        used.Should().BeSubsetOf(described);
    }

    [Fact]
    public async Task Every_example_body_is_taken_as_it_stands()
    {
        foreach (
            var route in VendorProtocols.All.Routes.Where(route =>
                route is { WithoutSource: false, Vendor.ReadQuery: null }
            )
        )
        {
            foreach (var example in Examples(route.Path))
            {
                var key = route.Protocols[0].Source.Name switch
                {
                    SourceName.MParticle => "mp-key:mp-secret",
                    SourceName.Segment => "seg-key-1",
                    SourceName.RudderStack => "rud-key-1",
                    _ => "com-key-1",
                };
                using var answer = await _service.PostAsync(
                    route.Path,
                    example.Value.GetProperty("value").GetRawText(),
                    key,
                    ("Prefer", "return=representation")
                );

                var outcomes = JsonElement
                    .Parse(await answer.Content.ReadAsStringAsync())
                    .GetProperty("events")
                    .EnumerateArray()
                    .Select(outcome => outcome.GetProperty("outcome").GetString())
                    .ToArray();
                outcomes.Should().NotBeEmpty().And.NotContain("rejected", $"{route.Path} {example.Name}");
            }
        }
    }

    [Fact]
    public async Task The_examples_of_a_preview_work()
    {
        foreach (var example in Examples("/api/preview"))
        {
            using var answer = await _service.Http.PostAsync(
                "/api/preview",
                new StringContent(example.Value.GetProperty("value").GetRawText())
            );
            var body = await answer.Content.ReadAsStringAsync();

            answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
            JsonElement
                .Parse(body)
                .GetProperty("events")
                .EnumerateArray()
                .Should()
                .OnlyContain(result => result.GetProperty("outcome").GetString() == "accepted", body);
        }
    }

    private JsonElement.ObjectEnumerator Examples(string path) =>
        _paths
            .GetProperty(path)
            .GetProperty("post")
            .GetProperty("requestBody")
            .GetProperty("content")
            .GetProperty("application/json")
            .GetProperty("examples")
            .EnumerateObject();
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests.Ingestion.Protocols;

/// <summary>What documentation, preview and metrics show of every source.</summary>
public sealed partial class VendorProtocolTests
{
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
}

using System.Net;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class VersionWarningTests
{
    [Fact]
    public async Task A_version_that_has_ended_is_named_in_readyz_and_the_service_stays_ready()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"Graph\": {{ \"ApiVersion\": \"v20.0\" }}, {ServiceUnderTest.FourSources}"
        );

        using var response = await service.Http.GetAsync("/readyz");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await service.GetJsonAsync("/readyz"))
            .GetProperty("warnings")
            .EnumerateArray()
            .Select(warning => warning.GetString())
            .Should()
            .Equal("Graph:ApiVersion v20.0 ended on 2026-09-24. Set it to a current version, for example v27.0.");
    }

    [Theory]
    [InlineData("facebook-api-version", "v26.0", "Meta responded with version v26.0 instead of Graph:ApiVersion v27.0")]
    [InlineData("Facebook-API-Version", "v28.0", "Meta responded with version v28.0 instead of Graph:ApiVersion v27.0")]
    [InlineData(
        "x-ad-api-version-warning",
        "The call has been auto-upgraded",
        "Meta warns that Graph:ApiVersion v27.0 is about to end or was replaced"
    )]
    public async Task What_the_headers_of_Metas_responses_say_about_the_version_is_in_readyz(
        string header,
        string value,
        string warning
    )
    {
        await using var graph = await ScriptedGraph.StartAsync();
        graph.Otherwise = request => Scripted.Taken(request.Events.Count).With(header, value);
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Graph": { "BaseAddress": "{{graph.Address}}" }, "Delivery": { "FlushInterval": "00:00:00.05" },
            {{ServiceUnderTest.FourSources}}
            """,
            onDisk: true
        );
        (await service.PostAsync("/v1/track", ServiceUnderTest.Sample(SourceName.Segment, "/v1/track"), "seg-key-1"))
            .StatusCode.Should()
            .Be(HttpStatusCode.OK);

        await Wait.UntilAsync(async () => (await service.GetJsonAsync("/readyz")).TryGetProperty("warnings", out _));

        (await service.GetJsonAsync("/readyz"))
            .GetProperty("warnings")
            .EnumerateArray()
            .Select(one => one.GetString())
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith(warning)
            .And.NotContain("auto-upgraded");
    }

    [Theory]
    [InlineData("facebook-api-version", "v26.0", "Meta responded with version v26.0")]
    [InlineData("x-ad-api-version-warning", "anything", "Meta warned that Graph:ApiVersion v27.0")]
    public async Task What_the_headers_of_Metas_responses_say_about_the_version_is_logged_once(
        string header,
        string value,
        string message
    )
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count).With(header, value);
        harness.Store(1, dataset: "1");
        harness.Store(1, dataset: "2", from: 1);

        await harness.RunUntilEmptyAsync();

        harness.Graph.Requests.Should().HaveCount(2);
        harness.Log.Should().ContainSingle(line => line.Text.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_anything_to_warn_about_readyz_has_no_warnings()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        (await service.GetJsonAsync("/readyz")).TryGetProperty("warnings", out _).Should().BeFalse();
    }
}

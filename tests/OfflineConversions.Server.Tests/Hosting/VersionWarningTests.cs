using System.Net;
using OfflineConversions.Server.Tests.Ingestion;

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

    [Fact]
    public async Task Without_anything_to_warn_about_readyz_has_no_warnings()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        (await service.GetJsonAsync("/readyz")).TryGetProperty("warnings", out _).Should().BeFalse();
    }
}

using System.Globalization;
using System.Net;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Connections;

public sealed class WriteKeyTests
{
    [Theory]
    [InlineData("/segment/v1/track", "seg-key")]
    [InlineData("/mparticle/v2/events", "mp-key:mp-secret")]
    [InlineData("/rudderstack/v1/track", "rud-key")]
    [InlineData("/commandersact/events", "com-key")]
    public async Task An_exhausted_key_gets_429_with_whole_seconds_to_wait_and_its_neighbour_goes_on(string path, string key)
    {
        await using var service = await ServiceUnderTest.StartAsync($$"""
            "Ingestion": { "RateLimit": { "RequestsPerSecond": 1, "Burst": 1 } }, {{ServiceUnderTest.FourSources}}
            """);

        // The bucket may be refilled between two posts of a slow machine, but not between all of a dozen.
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => service.PostAsync(path, "oops", key)));
        using var neighbour = await service.PostAsync("/segment/v1/track", "oops", "seg-second");

        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToArray();
        refused.Should().NotBeEmpty().And.OnlyContain(answer => int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture) >= 1);
        answers.Should().Contain(answer => answer.StatusCode == HttpStatusCode.BadRequest, "the first request was taken and found malformed");
        neighbour.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }
}

using System.Globalization;
using System.Net;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class RateLimitTests
{
    private const string OneAtOnce = "\"Ingestion\": { \"RateLimit\": { \"RequestsPerSecond\": 1, \"Burst\": 2 } }, ";

    public static TheoryData<string> Sources => [.. SourceName.All];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_key_that_asks_too_often_is_answered_429_with_whole_seconds_and_other_keys_are_not(string noisy)
    {
        await using var service = await ServiceUnderTest.StartAsync(OneAtOnce + ServiceUnderTest.FourSources);
        var refused = await UntilRefusedAsync(service, noisy);

        int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture)
            .Should()
            .BeGreaterThanOrEqualTo(1);
        (await refused.Content.ReadAsStringAsync())
            .Should()
            .ContainAny("Too many requests", "max requests limit reached");
        foreach (var quiet in SourceName.All.Where(source => source != noisy))
        {
            (await service.PostOddAsync(quiet, OddEvents.Bytes(OddEvents.Batch(quiet, OddEvents.Event(quiet)))))
                .Outcomes.Should()
                .Equal("accepted");
        }
    }

    [Fact]
    public async Task Another_key_of_the_same_connection_has_a_bucket_of_its_own()
    {
        await using var service = await ServiceUnderTest.StartAsync(OneAtOnce + ServiceUnderTest.FourSources);
        (await UntilRefusedAsync(service, SourceName.Segment)).Dispose();

        using var other = await service.PostAsync("/segment/v1/batch", "[]", "seg-second");

        other.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_flood_of_wrong_keys_costs_no_known_key_a_request()
    {
        await using var service = await ServiceUnderTest.StartAsync(OneAtOnce + ServiceUnderTest.FourSources);
        for (var guess = 0; guess < 200; guess++)
        {
            using var wrong = await service.PostAsync("/rudderstack/v1/batch", "{}", $"guess-{guess}");
            wrong.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        using var right = await service.PostAsync("/rudderstack/v1/batch", "[]", "rud-key-1");
        right.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> UntilRefusedAsync(ServiceUnderTest service, string source)
    {
        var (path, key) = OddEvents.Of(source);
        for (var i = 0; i < 500; i++)
        {
            var answer = await service.PostAsync(path, "[]", key);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return answer;
            }

            answer.IsSuccessStatusCode.Should().BeTrue();
            answer.Dispose();
        }

        throw new InvalidOperationException("The bucket never ran dry.");
    }
}

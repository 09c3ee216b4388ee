using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Connections;

public sealed partial class WriteKeyTests
{
    [Theory]
    [InlineData("/mparticle/v2/events", "nobody:nothing", "mp-key:wrong-secret", "seg-key-1:")]
    [InlineData("/segment/v1/track", "nobody", "seg-key-1-2", "rud-key-1")]
    [InlineData("/rudderstack/v1/track", "nobody", "RUD-KEY-1", "seg-key-1")]
    [InlineData("/commandersact/events", "nobody", "com-key-11", "seg-key-1")]
    public async Task An_unknown_key_a_nearly_right_one_and_one_of_another_source_get_the_same_answer(
        string path,
        params string[] keys
    )
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var answers = new List<string>();
        foreach (var key in keys)
        {
            using var answer = await service.PostAsync(path, "{}", key);
            var headers = answer
                .Headers.Where(header => header.Key != "Date")
                .Select(header => $"{header.Key}={string.Join(',', header.Value)}");
            answers.Add(
                $"{(int)answer.StatusCode} {string.Join(' ', headers)} {await answer.Content.ReadAsStringAsync()}"
            );
        }

        answers[0].Should().MatchRegex("^40[13] ");
        // A ProblemDetails names the trace of its request.
        answers
            .Select(answer => TraceId().Replace(answer, string.Empty))
            .Distinct(StringComparer.Ordinal)
            .Should()
            .ContainSingle();
    }

    [GeneratedRegex("\"traceId\":\"[^\"]*\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TraceId();

    [Theory]
    [InlineData("/segment/v1/track", "seg-key-1")]
    [InlineData("/mparticle/v2/events", "mp-key:mp-secret")]
    [InlineData("/rudderstack/v1/track", "rud-key-1")]
    [InlineData("/commandersact/events", "com-key-1")]
    public async Task An_exhausted_key_gets_429_with_whole_seconds_to_wait_and_its_neighbour_goes_on(
        string path,
        string key
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Ingestion": { "RateLimit": { "RequestsPerSecond": 1, "Burst": 1 } }, {{ServiceUnderTest.FourSources}}
            """
        );

        // The bucket may be refilled between two posts of a slow machine, but not between all of a dozen.
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => service.PostAsync(path, "oops", key)));
        using var neighbour = await service.PostAsync("/segment/v1/track", "oops", "seg-second");

        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToArray();
        refused
            .Should()
            .NotBeEmpty()
            .And.OnlyContain(answer =>
                int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture) >= 1
            );
        answers
            .Should()
            .Contain(
                answer => answer.StatusCode == HttpStatusCode.BadRequest,
                "the first request was taken and found malformed"
            );
        neighbour.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }
}

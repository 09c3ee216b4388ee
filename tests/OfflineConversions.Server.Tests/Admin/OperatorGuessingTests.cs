using System.Diagnostics;
using System.Net;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Tests.Ingestion;
using static OfflineConversions.Server.Tests.Admin.OperatorRequests;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>The operator works while others guess the key.</summary>
public sealed class OperatorGuessingTests
{
    private const string Key = "the-operators-key";

    /// <summary>Guesses that may be compared at once, before the first of them has used its try.</summary>
    private const int AtOnce = 10;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_700_wrong_keys_from_the_operators_own_address_none_locks_the_operator_out(bool isTrusted)
    {
        await using var service = await StartAsync();
        if (isTrusted)
        {
            (await OperateAsync(service)).Should().Be(HttpStatusCode.OK);
        }

        var began = Stopwatch.GetTimestamp();
        var guesses = Enumerable.Range(0, 700).Select(i => GuessAsync(service, $"guess-{i}")).ToArray();
        (await OperateAsync(service)).Should().Be(HttpStatusCode.OK);

        Stopwatch.GetElapsedTime(began).Should().BeLessThan(LongestWait);
        var statuses = await Task.WhenAll(guesses);
        // The operator may arrive before the last guesses: from then on the address has its own tries.
        var tries = (isTrusted ? 1 : 2) * WrongKeyLimit.Most;
        var refilled = (int)(Stopwatch.GetElapsedTime(began) / WrongKeyLimit.Refill);
        statuses
            .Count(status => status == HttpStatusCode.Unauthorized)
            .Should()
            .BeInRange(WrongKeyLimit.Most, tries + refilled + AtOnce);
        statuses.Should().OnlyContain(status => status == HttpStatusCode.Unauthorized || (int)status == 429);
        (await service.Http.GetStringAsync("/metrics"))
            .Should()
            .Contain("""offlineconversions_audit_events_total{action="wrong_key",result="refused"} 700""");
    }

    [Fact]
    public async Task Wrong_keys_from_5000_addresses_do_not_lock_the_operator_out_anywhere()
    {
        await using var service = await StartAsync();
        await OperateAsync(service, "198.51.100.1");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 12_000),
            new ParallelOptions { MaxDegreeOfParallelism = 100 },
            async (i, _) => await GuessAsync(service, $"guess-{i}", $"10.0.{i % 5000 / 256}.{i % 256}")
        );

        var began = Stopwatch.GetTimestamp();
        (await OperateAsync(service, "198.51.100.1")).Should().Be(HttpStatusCode.OK);
        (await OperateAsync(service, "10.0.0.7")).Should().Be(HttpStatusCode.OK, "a stranger guessed from there");
        (await OperateAsync(service, "203.0.113.1")).Should().Be(HttpStatusCode.OK, "a new address");

        Stopwatch.GetElapsedTime(began).Should().BeLessThan(LongestWait);
    }

    private static Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "{{Key}}" }, "ForwardedHeaders": { "KnownProxies": ["127.0.0.1"] },
            {{ServiceUnderTest.FourSources}}
            """
        );

    private static Task<HttpStatusCode> OperateAsync(ServiceUnderTest service, string? address = null) =>
        GuessAsync(service, Key, address);

    private static async Task<HttpStatusCode> GuessAsync(ServiceUnderTest service, string key, string? address = null)
    {
        using var response = await GetAsync(
            service,
            "/api/ledger",
            ("Authorization", $"Bearer {key}"),
            ("X-Forwarded-For", address ?? "192.0.2.7")
        );
        return response.StatusCode;
    }
}

using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Tests.Connections;

public sealed class RequestBucketTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_bucket_holds_a_burst_and_refills_at_its_rate()
    {
        var bucket = Bucket(rate: 10, burst: 3);

        Take(bucket, 4).Should().Be(3);
        bucket.TryTake(out var wait).Should().BeFalse();
        wait.Should().Be(TimeSpan.FromMilliseconds(100));
        _time.Advance(wait);
        Take(bucket, 2).Should().Be(1);
        _time.Advance(TimeSpan.FromHours(1));
        Take(bucket, 10).Should().Be(3, "it never holds more than a burst");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(20, 0)]
    [InlineData(21, 1)]
    [InlineData(1000, 49)]
    [InlineData(10_000, 100)]
    public void Every_20_events_of_a_request_cost_as_much_as_one_request_up_to_the_whole_bucket(int events, int cost)
    {
        var bucket = Bucket(rate: 1, burst: 100);

        bucket.TryTakeEvents(events, out _).Should().BeTrue();

        Take(bucket, 200).Should().Be(100 - cost);
    }

    [Fact]
    public void A_bucket_in_debt_refuses_requests_and_events_until_the_debt_is_repaid()
    {
        var bucket = Bucket(rate: 10, burst: 20);
        bucket.TryTake(out _).Should().BeTrue();
        bucket.TryTakeEvents(10_000, out _).Should().BeTrue("a body is never too expensive for a key that has waited");

        bucket.TryTake(out var wait).Should().BeFalse();
        wait.Should().Be(TimeSpan.FromMilliseconds(200));
        bucket.TryTakeEvents(21, out _).Should().BeFalse("requests that were counted before cannot add to the debt");
        bucket.TryTakeEvents(20, out _).Should().BeTrue("they cost nothing");
        _time.Advance(wait);
        bucket.TryTake(out _).Should().BeTrue();
    }

    private static int Take(RequestBucket bucket, int times) =>
        Enumerable.Range(0, times).Count(_ => bucket.TryTake(out var _));

    private RequestBucket Bucket(int rate, int burst) =>
        new(new RateLimitOptions { RequestsPerSecond = rate, Burst = burst }, _time);
}

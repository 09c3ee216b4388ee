using OfflineConversions.Server.Quality;

namespace OfflineConversions.Server.Tests.Quality;

/// <summary>The histogram of ages.</summary>
public sealed class FreshnessTests
{
    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1.1, 1)]
    [InlineData(60, 3)]
    [InlineData(61, 4)]
    [InlineData(5_356_800, 16)]
    [InlineData(9_999_999, 17)]
    public void An_age_is_in_the_first_bucket_that_holds_it(double seconds, int bucket) =>
        Freshness.BucketOf(TimeSpan.FromSeconds(seconds)).Should().Be(bucket);

    [Fact]
    public void A_percentile_is_interpolated_within_its_bucket()
    {
        var counts = new long[Freshness.Buckets];
        counts[3] = 100; // 15 to 60 seconds

        Freshness.Percentile(counts, 0.5).Should().Be(37.5);
        Freshness.Percentile(counts, 0.95).Should().Be(57.8);
    }

    [Fact]
    public void A_percentile_skips_the_buckets_before_it()
    {
        var counts = new long[Freshness.Buckets];
        (counts[0], counts[6]) = (90, 10); // up to a second; 900 to 3600 seconds

        Freshness.Percentile(counts, 0.5).Should().BeInRange(0.5, 0.6);
        Freshness.Percentile(counts, 0.95).Should().Be(2250);
    }

    [Fact]
    public void Ages_beyond_the_last_bound_are_at_least_that_bound_and_no_events_have_no_age()
    {
        var counts = new long[Freshness.Buckets];
        Freshness.Percentile(counts, 0.95).Should().BeNull();
        counts[^1] = 1;
        Freshness.Percentile(counts, 0.95).Should().Be(5_356_800);
    }
}

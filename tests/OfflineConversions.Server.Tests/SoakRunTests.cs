using OfflineConversions.Fuzzing.Soak;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// What the service occupies under a steady load. The long run, which judges the slopes, is a command; see
/// docs/testing.md.
/// </summary>
public sealed class SoakRunTests
{
    [PosixFact]
    public async Task A_soak_reports_the_slope_of_everything_that_the_service_occupies()
    {
        var report = await SoakRun.RunAsync(TimeSpan.FromSeconds(8), seed: 4711);

        report.Problems.Should().BeEmpty();
        report.Events.Should().BePositive();
        report.Samples.Should().HaveCountGreaterThanOrEqualTo(SoakRun.MinSamples);
        report.Trends.Should().OnlyContain(trend => trend.Samples >= SoakRun.MinSamples);
        foreach (var name in new[] { "resident memory", "heap after a full collection", "open files and sockets" })
        {
            report.Trends[IndexOf(name)].End.Should().BePositive(name);
            report.ToString().Should().Contain($"| {name} |");
        }

        report.Trends[IndexOf("threads")].End.Should().BePositive();
        report.Trends[IndexOf("database file")].End.Should().BePositive();
    }

    [Fact]
    public void A_slope_and_its_error_are_those_of_least_squares()
    {
        var trend = Trend.Of([new(0, 1), new(1, 2), new(2, 2), new(3, 3)]);

        trend.SlopePerHour.Should().BeApproximately(0.6, 1e-12);
        trend.Start.Should().BeApproximately(1.1, 1e-12);
        trend.End.Should().BeApproximately(2.9, 1e-12);
        trend.ErrorPerHour.Should().BeApproximately(Math.Sqrt(0.2 / 2 / 5), 1e-12);
        trend.Samples.Should().Be(4);
    }

    [Theory]
    [InlineData("a leak", 0.5, 1, true)]
    [InlineData("a leak in noise", 0.5, 3, true)]
    [InlineData("a level in noise", 0, 3, false)]
    [InlineData("a slope that is allowed", 0.05, 0, false)]
    [InlineData("growth that is lost in noise", 0.3, 200, false)]
    [InlineData("a decline", -0.5, 1, false)]
    public void Only_growth_beyond_the_limit_and_the_scatter_counts(
        string series,
        double perSample,
        double noise,
        bool grows
    )
    {
        var trend = Trend.Of([
            .. Enumerable
                .Range(0, 100)
                .Select(i => new Measurement(i / 100.0, (i * perSample) + (((i % 2) - 0.5) * noise))),
        ]);

        trend.GrowsBeyond(10).Should().Be(grows, series);
    }

    [Fact]
    public void Fewer_than_three_samples_have_no_slope() =>
        FluentActions.Invoking(() => Trend.Of([new(0, 1), new(1, 2)])).Should().Throw<ArgumentException>();

    private static int IndexOf(string name) => Quantity.All.Select(one => one.Name).ToList().IndexOf(name);
}

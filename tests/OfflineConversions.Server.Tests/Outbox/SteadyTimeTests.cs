using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

public sealed class SteadyTimeTests
{
    private readonly AdjustableTime _machine = new(Some.Now);
    private readonly SteadyTime _time;

    public SteadyTimeTests() => _time = new SteadyTime(_machine);

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [InlineData(24)]
    [InlineData(-24)]
    [InlineData(2400)]
    [InlineData(-2400)]
    public void A_jump_of_the_machines_clock_changes_nothing_however_long_it_lasts(int hours)
    {
        _machine.Set(Some.Now.AddHours(hours));

        for (var day = 1; day <= 30; day++)
        {
            _time.GetUtcNow().Should().Be(Some.Now.AddDays(day - 1));
            _machine.Advance(TimeSpan.FromDays(1));
        }

        _time.Difference.Should().Be(TimeSpan.FromHours(hours));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_drift_is_made_up_slowly_and_time_never_goes_back(int minutes)
    {
        _machine.Set(Some.Now.AddMinutes(minutes));
        var last = _time.GetUtcNow();
        last.Should().Be(Some.Now);

        for (var second = 0; second < 101 * 60; second++)
        {
            _machine.Advance(TimeSpan.FromSeconds(1));
            var now = _time.GetUtcNow();
            (now - last).Should().BeCloseTo(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10));
            last = now;
        }

        _time.Difference.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Time_passes_between_two_looks_at_the_difference()
    {
        _machine.Advance(TimeSpan.FromMilliseconds(400));
        _time.GetUtcNow().Should().Be(Some.Now.AddMilliseconds(400));
        _machine.Advance(TimeSpan.FromMilliseconds(599));
        _time.GetUtcNow().Should().Be(Some.Now.AddMilliseconds(999));
        _machine.Advance(TimeSpan.FromHours(5));
        _time.GetUtcNow().Should().Be(_machine.GetUtcNow());
    }

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public void What_cannot_be_undone_goes_by_the_clock_that_is_behind(int days)
    {
        _machine.Set(Some.Now.AddDays(days));

        _time.EarlierNow.Should().Be(days < 0 ? Some.Now.AddDays(days) : Some.Now);
    }

    [Fact]
    public void A_steady_clock_is_used_as_it_is() => SteadyTime.Over(_time).Should().BeSameAs(_time);
}

using System.Globalization;
using System.Net;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Tests.Delivery;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class WrongKeyLimitTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("203.0.113.7");
    private readonly JumpingTime _time = new();
    private readonly WrongKeyLimit _limit;

    public WrongKeyLimitTests() => _limit = new WrongKeyLimit(_time);

    [Fact]
    public void An_address_has_twenty_wrong_tries_and_one_more_every_six_seconds()
    {
        Guess(Guesser).Should().Be(20);
        _limit.MayTry(Guesser, out var retryAfter).Should().BeFalse();
        int.Parse(retryAfter, CultureInfo.InvariantCulture).Should().Be(6);

        Wait(TimeSpan.FromSeconds(6));
        Guess(Guesser).Should().Be(1);
        Wait(TimeSpan.FromHours(1));
        Guess(Guesser).Should().Be(20);
    }

    [Fact]
    public void An_address_that_showed_the_right_key_is_looked_at_for_an_hour_and_has_no_more_tries_than_any_other()
    {
        _limit.Right(Guesser);

        Guess(Guesser).Should().Be(20);
        _limit.Trusts(Guesser).Should().BeTrue();
        Wait(TimeSpan.FromHours(1));
        _limit.Trusts(Guesser).Should().BeFalse();
    }

    [Fact]
    public void A_whole_IPv6_network_of_one_household_counts_as_one_address()
    {
        Guess(IPAddress.Parse("2001:db8:1:2::1")).Should().Be(20);
        Guess(IPAddress.Parse("2001:db8:1:2:ffff::9")).Should().Be(0);
    }

    /// <returns>How many tries it got.</returns>
    private int Guess(IPAddress caller)
    {
        var tries = 0;
        for (; tries < 100 && _limit.MayTry(caller, out _); tries++)
        {
            _limit.Wrong(caller);
        }

        return tries;
    }

    private void Wait(TimeSpan time)
    {
        using var timer = _time.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan);
        _time.JumpToNextTimer();
    }
}

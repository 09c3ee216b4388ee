using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Delivery;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class WrongKeyLimitTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("203.0.113.7");
    private readonly JumpingTime _time = new();
    private readonly WrongKeyLimit _limit;

    public WrongKeyLimitTests() => _limit = new WrongKeyLimit(_time, new OnlyProcess());

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

    [Theory]
    [InlineData(3, 6, 1)]
    [InlineData(20, 1, 1)]
    [InlineData(100, 1, 1)]
    public void Replicas_share_the_tries_of_an_address(int count, int each, int later)
    {
        var limit = new WrongKeyLimit(_time, new Several(count));

        Guess(Guesser, limit).Should().Be(each);
        Wait(WrongKeyLimit.Refill * Math.Min(count, WrongKeyLimit.Most));
        Guess(Guesser, limit).Should().Be(later);
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

    [Fact]
    public void Strangers_share_tries_and_an_address_that_showed_the_right_key_has_its_own()
    {
        var known = IPAddress.Parse("198.51.100.7");
        _limit.Right(known);

        var tries = 0;
        for (var i = 0; i < 5000; i++)
        {
            tries += Guess(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]));
        }

        tries.Should().Be(WrongKeyLimit.MostOfAll);
        _limit.MayTry(IPAddress.Parse("192.0.2.1"), out _).Should().BeFalse("all strangers together have none left");
        Guess(known).Should().Be(20);
    }

    [Theory]
    [InlineData(1, false, 20 + 600 + 180_000)]
    [InlineData(1, true, 20 + 600 + 180_000)]
    [InlineData(5000, false, 20_000 + 180_000)]
    public async Task However_many_keys_are_presented_a_known_number_is_compared_in_an_hour(
        int addresses,
        bool trusted,
        int most
    )
    {
        var time = new FakeTimeProvider();
        var limit = new WrongKeyLimit(time, new OnlyProcess());
        var callers = Enumerable
            .Range(0, addresses)
            .Select(i => new IPAddress([10, 0, (byte)(i >> 8), (byte)i]))
            .ToArray();
        if (trusted)
        {
            limit.Right(callers[0]);
        }

        // A minute stands for the hour: the tries saved up before it come in addition.
        var compared = 0;
        var waiting = new Queue<Task<bool>>();
        for (var tick = 0; tick < 60 * 50; tick++)
        {
            for (var guess = 0; guess < 5; guess++)
            {
                var caller = callers[((tick * 5) + guess) % addresses];
                if (limit.MayTry(caller, out _))
                {
                    compared++;
                    limit.Wrong(caller);
                }
                else if (waiting.Count < 50)
                {
                    waiting.Enqueue(limit.TurnAsync(caller, default).AsTask());
                }
            }

            time.Advance(GuessLane.Pace);
            while (waiting.TryPeek(out var first) && first.IsCompleted)
            {
                compared += await waiting.Dequeue() ? 1 : 0;
            }
        }

        compared.Should().BeLessThanOrEqualTo(most / 60 + WrongKeyLimit.MostOfAll);
    }

    [Fact]
    public void A_jump_of_the_clock_takes_no_tries_away()
    {
        var time = new SetClock();
        var limit = new WrongKeyLimit(time, new OnlyProcess());
        limit.Wrong(Guesser);
        time.Ahead = TimeSpan.FromDays(-100);

        limit.MayTry(Guesser, out _).Should().BeTrue();
    }

    /// <returns>How many tries it got.</returns>
    private int Guess(IPAddress caller) => Guess(caller, _limit);

    private static int Guess(IPAddress caller, WrongKeyLimit limit)
    {
        var tries = 0;
        for (; tries < 100 && limit.MayTry(caller, out _); tries++)
        {
            limit.Wrong(caller);
        }

        return tries;
    }

    private sealed class Several(int count) : IReplicaStore
    {
        public int Replicas => count;
    }

    private void Wait(TimeSpan time)
    {
        using var timer = _time.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan);
        _time.JumpToNextTimer();
    }

    /// <summary>A clock that someone sets while the process runs.</summary>
    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}

using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class BisectionTests
{
    [Fact]
    public void A_refused_range_is_halved_and_no_event_is_lost_or_sent_twice()
    {
        var bisection = new Bisection([new EventRange(0, 5), new EventRange(5, 2)]);
        bisection.TryNext(out var refused);

        bisection.Split(refused);

        Rest(bisection).Should().Equal(new EventRange(0, 3), new EventRange(3, 2), new EventRange(5, 2));
    }

    [Fact]
    public void A_reported_event_is_isolated_and_sent_first()
    {
        var bisection = new Bisection([]);

        bisection.Split(new EventRange(10, 5), reported: 3);

        Rest(bisection).Should().Equal(new EventRange(13, 1), new EventRange(10, 3), new EventRange(14, 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_reported_position_outside_the_range_is_ignored(int reported)
    {
        var bisection = new Bisection([]);

        bisection.Split(new EventRange(0, 4), reported);

        Rest(bisection).Should().Equal(new EventRange(0, 2), new EventRange(2, 2));
    }

    [Fact]
    public void After_a_wrong_report_positions_are_ignored()
    {
        var bisection = new Bisection([]);
        bisection.Split(new EventRange(0, 4), reported: 0);
        bisection.TryNext(out var suspect);
        bisection.Accepted(suspect);
        bisection.TryNext(out var rest);

        bisection.Split(rest, reported: 0);

        Rest(bisection).Should().Equal(new EventRange(1, 2), new EventRange(3, 1));
    }

    [Fact]
    public void A_probe_sends_one_event_first()
    {
        var bisection = new Bisection([new EventRange(0, 4), new EventRange(4, 1)]);

        bisection.BeginWithOne();

        Rest(bisection).Should().Equal(new EventRange(0, 1), new EventRange(1, 3), new EventRange(4, 1));
    }

    private static IEnumerable<EventRange> Rest(Bisection bisection)
    {
        while (bisection.TryNext(out var range))
        {
            yield return range;
        }
    }
}

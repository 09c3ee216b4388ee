using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class SearchTests
{
    [Fact]
    public void A_refused_part_is_halved_and_nothing_is_lost_or_sent_twice()
    {
        var search = new Search([new Part(0, 5), new Part(5, 2)]);
        search.TryNext(out var refused);

        search.Divide(refused);

        Rest(search).Should().Equal(new Part(0, 3), new Part(3, 2), new Part(5, 2));
    }

    [Fact]
    public void A_named_event_stands_alone_and_goes_first()
    {
        var search = new Search([]);

        search.Divide(new Part(10, 5), named: 3);

        Rest(search).Should().Equal(new Part(13, 1), new Part(10, 3), new Part(14, 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_name_outside_of_the_part_is_no_name(int named)
    {
        var search = new Search([]);

        search.Divide(new Part(0, 4), named);

        Rest(search).Should().Equal(new Part(0, 2), new Part(2, 2));
    }

    [Fact]
    public void Who_named_the_wrong_event_is_not_believed_again()
    {
        var search = new Search([]);
        search.Divide(new Part(0, 4), named: 0);
        search.TryNext(out var suspect);
        search.Taken(suspect);
        search.TryNext(out var rest);

        search.Divide(rest, named: 0);

        Rest(search).Should().Equal(new Part(1, 2), new Part(3, 1));
    }

    [Fact]
    public void A_probe_sends_one_event_ahead()
    {
        var search = new Search([new Part(0, 4), new Part(4, 1)]);

        search.BeginWithOne();

        Rest(search).Should().Equal(new Part(0, 1), new Part(1, 3), new Part(4, 1));
    }

    private static IEnumerable<Part> Rest(Search search)
    {
        while (search.TryNext(out var part))
        {
            yield return part;
        }
    }
}

using OfflineConversions.Conversions;

namespace OfflineConversions.Tests.Conversions;

public sealed class PooledListTests
{
    [Fact]
    public void It_is_a_list()
    {
        PooledList<string> list = ["a", "b", "c"];
        list.RemoveAt(0);
        list.Add("d");

        list.Should().Equal("b", "c", "d");
        list[2].Should().Be("d");
        list.Invoking(all => all[3]).Should().Throw<IndexOutOfRangeException>();
    }

    [Fact]
    public void It_grows_as_needed()
    {
        var list = new PooledList<int>();
        foreach (var number in Enumerable.Range(0, 1_000))
        {
            list.Add(number);
        }

        list.Should().Equal(Enumerable.Range(0, 1_000));
    }

    [Fact]
    public void Nothing_is_left_in_memory_that_goes_back_to_the_pool()
    {
        PooledList<string> list = ["a", "b"];
        var memory = list.Span;

        list.Release();

        memory.ToArray().Should().OnlyContain(item => item == null);
        list.Should().BeEmpty();
        list.Add("c");
        list.Should().Equal("c");
    }
}

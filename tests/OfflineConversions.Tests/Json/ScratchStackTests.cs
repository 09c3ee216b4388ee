using OfflineConversions.Json;
using OfflineConversions.Sources;

namespace OfflineConversions.Tests.Json;

public sealed class ScratchStackTests
{
    [Fact]
    public void Numbers_below_a_mark_stay_and_those_above_it_are_zero_when_pushed_again()
    {
        using var stack = ScratchStack.Rent();
        var below = stack.Push(3);
        stack[below + 2] = 7;
        var mark = stack.Count;
        for (var again = 0; again < 3; again++)
        {
            var place = stack.Push(1000 * (again + 1));
            place.Should().Be(mark);
            stack.At(place, 1000).ToArray().Should().OnlyContain(number => number == 0);
            stack.At(place, 1000).Fill(5);
            stack.GoBack(mark);
        }

        stack[below + 2].Should().Be(7);
    }

    [Fact]
    public void A_body_of_many_events_and_products_needs_no_more_memory_than_one_of_few()
    {
        Used(1).Should().Be(Used(500));
    }

    private static int Used(int count)
    {
        var products = string.Join(',', Enumerable.Repeat("""{"id":"1"}""", count));
        var sale = $$"""{"event_name":"purchase","type":"track","event":"Order Completed","items":[{{products}}]}""";
        using var tree = JsonTree.Parse($"[{string.Join(',', Enumerable.Repeat(sale, count > 1 ? 20 : 1))}]");
        foreach (var options in new[] { Some.CommandersAct(), Some.RudderStack(), Some.Segment() })
        {
            _ = new ConversionPipeline(options).Map(tree.Root, new Receipt(Some.Now));
        }

        return tree.Scratch.Count;
    }
}

using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

public sealed class KeyScratchTests
{
    [Fact]
    public void What_was_taken_stays_as_it_is_when_more_is_taken()
    {
        var scratch = new KeyScratch();
        var first = scratch.Join("an", "na");

        scratch.Take(100_000).Fill('x');

        first.ToString().Should().Be("anna");
    }

    [Fact]
    public void Nothing_is_left_after_it_was_cleared()
    {
        var scratch = new KeyScratch();
        var first = scratch.Join("an", "na");
        var second = scratch.Join("ber", "lin");

        scratch.Clear();

        (first.ContainsAnyExcept('\0') || second.ContainsAnyExcept('\0')).Should().BeFalse();
    }
}

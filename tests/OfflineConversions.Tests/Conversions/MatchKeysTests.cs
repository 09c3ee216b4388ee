using OfflineConversions.Conversions;

namespace OfflineConversions.Tests.Conversions;

public sealed class MatchKeysTests
{
    [Fact]
    public void A_list_is_read_no_further_than_the_first_value_too_many()
    {
        var keys = new MatchKeys();
        var read = 0;

        keys.AddEach(MatchKey.Email, Enumerable.Range(0, 100_000).Select(number => $"{read = number + 1}@example.com"))
            .Should()
            .BeTrue();

        keys.Values.Should().HaveCount(MatchKeys.MostValues);
        keys.Overflown.Should().BeTrue();
        read.Should().Be(MatchKeys.MostValues + 1);
    }

    [Fact]
    public void As_many_values_as_an_event_may_have_are_not_too_many()
    {
        var keys = new MatchKeys();

        keys.AddEach(
            MatchKey.Email,
            Enumerable.Range(0, MatchKeys.MostValues).Select(number => $"{number}@example.com")
        );

        keys.Values.Should().HaveCount(MatchKeys.MostValues);
        keys.Overflown.Should().BeFalse();
    }

    [Fact]
    public void What_replaces_too_many_values_is_read_whole()
    {
        var keys = new MatchKeys();
        keys.AddEach(MatchKey.Email, Enumerable.Range(0, 1_000).Select(number => $"{number}@example.com"));

        keys.Replace(MatchKey.Email, ["a@example.com", "b@example.com", "c@example.com"]);

        keys.Values.Should()
            .Equal([
                new MatchKeyValue(MatchKey.Email, "a@example.com"),
                new MatchKeyValue(MatchKey.Email, "b@example.com"),
                new MatchKeyValue(MatchKey.Email, "c@example.com"),
            ]);
    }

    [Fact]
    public void An_empty_list_adds_nothing() => new MatchKeys().AddEach(MatchKey.Email, []).Should().BeFalse();
}

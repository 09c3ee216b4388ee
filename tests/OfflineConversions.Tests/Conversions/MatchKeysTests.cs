using System.Runtime.InteropServices;
using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

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

    [Theory]
    [InlineData("\"anna@example.com\"")]
    [InlineData("\"  two words \"")]
    [InlineData("\"\\t tab\\n\"")]
    [InlineData("\"caf\\u00e9\"")]
    [InlineData("\"Zürich \"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\"")]
    [InlineData("\"   \"")]
    [InlineData("\"null\"")]
    [InlineData("\"\\u200bundefined\"")]
    [InlineData("4930123456")]
    [InlineData("90009.0")]
    [InlineData("1.2025550146E10")]
    [InlineData("1.5")]
    [InlineData("-7")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[\"a\"]")]
    [InlineData("{}")]
    public void A_value_of_a_body_is_the_same_as_its_text(string json)
    {
        using var tree = JsonTree.Parse(Encoding.UTF8.GetBytes(json));
        var (ofBody, ofText) = (new MatchKeys(), new MatchKeys());

        var isPresent = ofBody.Add(MatchKey.City, tree.Root);

        isPresent.Should().Be(ofText.Add(MatchKey.City, JsonText.Key(tree.Root)));
        ofBody.Values.Should().Equal(ofText.Values);
        ofBody.HadPlaceholders.Should().Be(ofText.HadPlaceholders);
    }

    [Fact]
    public void Values_of_one_key_can_be_removed_among_others()
    {
        var keys = new MatchKeys();
        foreach (var number in Enumerable.Range(0, 40))
        {
            keys.Add(number % 2 == 0 ? MatchKey.Email : MatchKey.City, $"{new string('x', number)}{number}");
        }

        keys.Remove(MatchKey.Email).Should().BeTrue();
        keys.Remove(MatchKey.Email).Should().BeFalse();

        keys.Values.Select(entry => entry.Value.TrimStart('x'))
            .Should()
            .Equal(Enumerable.Range(0, 20).Select(number => $"{(2 * number) + 1}"));
    }

    [Fact]
    public void Rented_ones_are_empty_and_those_of_no_other_person()
    {
        var released = MatchKeys.Rent();
        released.AddEach(MatchKey.Email, Enumerable.Repeat("anna@example.com", MatchKeys.MostValues + 1));
        released.Add(MatchKey.City, "undefined");
        released.Release();

        var (first, second) = (MatchKeys.Rent(), MatchKeys.Rent());

        first.Values.Should().BeEmpty();
        first.Overflown.Should().BeFalse();
        first.HadPlaceholders.Should().BeFalse();
        first.Should().NotBeSameAs(second);
    }

    [Fact]
    public void Nothing_in_clear_is_left_in_memory_that_is_used_again()
    {
        var keys = new MatchKeys();
        keys.Add(MatchKey.City, "Berlin");
        keys.Add(MatchKey.City, "undefined");
        keys.AddEach(MatchKey.City, Enumerable.Repeat("x", 200));
        var memory = keys.ValueOf(keys.Entries[0]);
        var whole = MemoryMarshal.CreateReadOnlySpan(in MemoryMarshal.GetReference(memory), 400);

        keys.Release();

        whole.ContainsAnyExcept('\0').Should().BeFalse();
        keys.Values.Should().BeEmpty();
    }
}

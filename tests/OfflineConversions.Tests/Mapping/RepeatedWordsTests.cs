using System.Text;
using OfflineConversions.Mapping;

namespace OfflineConversions.Tests.Mapping;

public sealed class RepeatedWordsTests
{
    [Theory]
    [InlineData("coupon")]
    [InlineData("Order Completed")]
    [InlineData("checkout_id")]
    [InlineData("a-b")]
    public void A_word_is_the_same_string_each_time(string word)
    {
        var words = new RepeatedWords();

        var first = words.Find(Encoding.UTF8.GetBytes(word));

        first.Should().Be(word);
        words.Find(Encoding.UTF8.GetBytes(word)).Should().BeSameAs(first);
    }

    [Theory]
    [InlineData("")]
    [InlineData("anna@example.com")]
    [InlineData("0171 1234567")]
    [InlineData("Zürich")]
    [InlineData("a word that is longer than any name")]
    public void What_may_be_data_is_not_kept(string text) =>
        new RepeatedWords().Find(Encoding.UTF8.GetBytes(text)).Should().BeNull();

    [Fact]
    public void More_words_than_there_are_places_replace_each_other()
    {
        var words = new RepeatedWords();
        var many =
            from first in Enumerable.Range('a', 26)
            from second in Enumerable.Range('a', 26)
            select $"{(char)first}{(char)second}";

        many.Concat(many).Should().OnlyContain(word => words.Find(Encoding.UTF8.GetBytes(word)) == word);
    }
}

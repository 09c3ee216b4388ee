using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Tests.Targets.Meta;

public sealed class MetaTextTests
{
    [Theory]
    [InlineData("Invalid Parameter")]
    [InlineData("Array of offline conversion events is invalid.")]
    [InlineData("Event timestamp is more than 62 days old")]
    [InlineData("Missing Value for Purchase Event")]
    [InlineData("You don’t have enough permissions: try again later (reduce calls)")]
    [InlineData("invalid event_time")]
    public void A_title_in_Metas_own_words_is_kept(string title) => MetaText.Title(title).Should().Be(title);

    [Theory]
    [InlineData("The address jane@example.com is wrong")]
    [InlineData("Wrong: +49 151 23456789")]
    [InlineData("Wrong: 203.0.113.7")]
    [InlineData("Wrong: \"Jane\"")]
    [InlineData("Wrong: “Jane”")]
    [InlineData("Jane Doe")]
    [InlineData("invalid name: Max")]
    [InlineData("Invalid zip 2100")]
    [InlineData("Jane is invalid")]
    [InlineData("invalid name: jane")]
    [InlineData("jane's event is invalid")]
    [InlineData("Ungültiger Name: Jane")]
    [InlineData("無効な名前：花子")]
    [InlineData("8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d")]
    [InlineData("")]
    [InlineData(null)]
    public void A_title_that_may_quote_what_was_sent_is_left_out_as_a_whole(string? title) =>
        MetaText.Title(title).Should().BeNull();

    [Fact]
    public void An_endless_title_is_left_out() => MetaText.Title(new string('a', 201)).Should().BeNull();

    [Theory]
    [InlineData("AbCdEfGhIjKlMnOpQrS_-t", true)]
    [InlineData("BLBz/WZt8dN", true)]
    [InlineData("jane@example.com", false)]
    [InlineData("+4915123456789", false)]
    [InlineData("Jane Doe", false)]
    [InlineData("AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIjKlMnO", false)]
    public void A_trace_id_is_one_word_of_letters_and_digits(string trace, bool kept) =>
        MetaText.TraceId(trace).Should().Be(kept ? trace : null);
}

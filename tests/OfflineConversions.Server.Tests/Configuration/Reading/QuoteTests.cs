using OfflineConversions.Server.Configuration.Reading;

namespace OfflineConversions.Server.Tests.Configuration.Reading;

public sealed class QuoteTests
{
    [Theory]
    [InlineData("Segmnt", "Segmnt")]
    [InlineData("00:00:0x", "00:00:0x")]
    [InlineData("", "an empty value")]
    [InlineData("EAABsbCS1iHgBAKZCtoken", "the value")]
    [InlineData("jane@example.com", "the value")]
    [InlineData("4915123456789", "the value")]
    public void A_message_repeats_a_typing_error_but_no_token_address_or_number(string value, string shown) =>
        Quote.Value(value).Should().Be(shown);

    [Theory]
    [InlineData("connection:BatchSize", "connection:BatchSize")]
    [InlineData("$.ids[0]", "$.ids[0]")]
    [InlineData("connection:jane@example.com", "request")]
    [InlineData(null, "request")]
    public void A_message_repeats_a_key_only_if_it_looks_like_one(string? key, string shown) =>
        Quote.Key(key).Should().Be(shown);
}

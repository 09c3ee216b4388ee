using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Tests.Configuration.Validation;

public sealed class QuoteTests
{
    [Theory]
    [InlineData("Segmnt", "Segmnt")]
    [InlineData("00:00:0x", "00:00:0x")]
    [InlineData("", "an empty value")]
    [InlineData("EAABsbCS1iHgBAKZCtoken", "the value")]
    [InlineData("jane@example.com", "the value")]
    [InlineData("4915123456789", "the value")]
    public void A_message_repeats_a_slip_of_the_pen_but_no_token_address_or_number(string value, string shown) =>
        Quote.Value(value).Should().Be(shown);

    [Theory]
    [InlineData("connection:BatchSize", "connection:BatchSize")]
    [InlineData("$.ids[0]", "$.ids[0]")]
    [InlineData("connection:jane@example.com", "request")]
    [InlineData(null, "request")]
    public void A_key_is_repeated_where_it_looks_like_one(string? key, string shown) =>
        Quote.Key(key).Should().Be(shown);
}

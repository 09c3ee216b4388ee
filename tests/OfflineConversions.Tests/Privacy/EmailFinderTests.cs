using OfflineConversions.Privacy;

namespace OfflineConversions.Tests.Privacy;

public class EmailFinderTests
{
    [Theory]
    [InlineData("bob@example.com", true)]
    [InlineData("write to bob.s+x@mail.example.co.uk now", true)]
    [InlineData("https://a.test/?mail=bob%40example.com", true)]
    [InlineData("user@1", false)]
    [InlineData("@nike.com", false)]
    [InlineData("https://maps.test/@48.85,2.35", false)]
    [InlineData("2 @ 5.00", false)]
    [InlineData("a@b", false)]
    [InlineData("", false)]
    [InlineData("a@b.co", true)]
    [InlineData("a@b.c", false)]
    [InlineData("a@b.c1", false)]
    [InlineData("a@b.1c", false)]
    [InlineData("a@.co", false)]
    [InlineData("a@b..co", false)]
    [InlineData("a@b-c.d2.co", true)]
    [InlineData("a@b c.co", false)]
    [InlineData("@b.co", false)]
    [InlineData(" @b.co", false)]
    [InlineData("%40b.co", false)]
    [InlineData("a%40b", false)]
    [InlineData("\"x\"@b.co", true)]
    [InlineData("first@x, second@b.co", true)]
    [InlineData("50% off", false)]
    [InlineData("jose\u0301@example.com", true)]
    [InlineData("सीता@example.com", true)]
    [InlineData("info@डाटामेल.भारत", true)]
    [InlineData("𝒿@example.com", true)]
    [InlineData("/login?next=%2Fa%3Femail%3Djane%2540example.com", true)]
    [InlineData("a%25252540b.co", true)]
    [InlineData("100%25 of 40b.co", false)]
    [InlineData("❤️@anna.maria", false)]
    [InlineData("Follow us 🎉@shop.de", false)]
    [InlineData("a%25", false)]
    [InlineData("a%", false)]
    public void An_email_address_is_found_anywhere_in_a_text(string text, bool found) =>
        EmailFinder.FindsIn(text).Should().Be(found);
}

using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

/// <summary>
/// Emoji, variation selectors, joiners and the keycap mark are removed without trace from a name or city; the digit of
/// a keycap stays.
/// </summary>
public sealed class EmojiTests
{
    [Theory]
    [InlineData("Ana ❤️", "ana")]
    [InlineData("❤️Ana❤️", "ana")]
    [InlineData("A❤️na", "ana")]
    [InlineData("Ana ❤", "ana")]
    [InlineData("Ana ❤\uFE0E", "ana")]
    [InlineData("Ana 👩‍👩‍👧", "ana")]
    [InlineData("Ana 👍🏽", "ana")]
    [InlineData("Ana 🇩🇪", "ana")]
    [InlineData("Ana 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "ana")]
    [InlineData("Ana 🏳️‍🌈", "ana")]
    [InlineData("Ana ☺️ Lee", "analee")]
    [InlineData("Ana ™️ © ®️", "ana")]
    [InlineData("Ana ℹ️", "ana")]
    [InlineData("Ana Ⓜ️ 🅰️ ㊗️", "ana")]
    [InlineData("Ana ✨🎉", "ana")]
    [InlineData("Ana\u200D", "ana")]
    [InlineData("An\u200Da", "ana")]
    [InlineData("An\u200Ca", "ana")]
    [InlineData("An\u2060a", "ana")]
    [InlineData("An\uFEFFa", "ana")]
    [InlineData("An\u034Fa", "ana")]
    [InlineData("Ana\uFE00\uFE01\uFE0F", "ana")]
    [InlineData("Ana\U000E0100\U000E01EF", "ana")]
    [InlineData("An\u180Ba", "ana")]
    [InlineData("Ana 🚫\u20E0", "ana")]
    [InlineData("Ana \u20DD", "ana")]
    [InlineData("Jose\u0301 ❤️", "josé")]
    [InlineData("José❤️", "josé")]
    [InlineData("葛\U000E0100城", "葛城")]
    [InlineData("می‌خواهم", "میخواهم")]
    public void Nothing_remains_of_symbols(string value, string expected)
    {
        Normalize.Name(value).Should().Be(expected);
        Normalize.City(value).Should().Be(expected);
        Normalize.State(value).Should().Be(expected);
    }

    [Theory]
    [InlineData("Ana 1️⃣", "ana1")]
    [InlineData("1\u20E3Ana", "1ana")]
    [InlineData("Ana #️⃣ *️⃣ 9️⃣", "ana9")]
    [InlineData("🔟 Ana", "ana")]
    public void The_digit_of_a_keycap_stays_in_a_name(string value, string expected)
    {
        Normalize.Name(value).Should().Be(expected);
        Normalize.City(value).Should().Be("ana", "a city has no digits");
    }

    [Theory]
    [InlineData("❤️")]
    [InlineData("👩‍👩‍👧 🇩🇪")]
    [InlineData("\uFE0F")]
    [InlineData("\u20E3")]
    [InlineData("\U000E0101")]
    [InlineData("\u200D\u2060")]
    [InlineData("ℹ️")]
    public void Symbols_alone_are_no_name(string value)
    {
        Normalize.Name(value).Should().BeNull();
        Normalize.City(value).Should().BeNull();
    }

    [Theory]
    [InlineData("Büşra", "büşra")]
    [InlineData("Nguyễn", "nguyễn")]
    [InlineData("अनिल", "अनिल")]
    [InlineData("محمّد", "محمّد")]
    [InlineData("Ђорђе", "ђорђе")]
    public void Marks_of_scripts_stay(string value, string expected) => Normalize.Name(value).Should().Be(expected);
}

using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

internal static class Some
{
    public static readonly DateOnly Day = new(2026, 6, 15);
    public static readonly DateTimeOffset Received = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Texts made to hurt: halves of surrogate pairs, non-characters, marks, letters whose case depends on the
    /// language, digits of other scripts, blanks of all kinds, and whole words that normalisation knows.
    /// </summary>
    public static Arbitrary<string> Text { get; } =
        Gen.Elements(
                "a",
                "Z",
                "i",
                "I",
                "İ",
                "ı",
                "ß",
                "ẞ",
                "Σ",
                "ς",
                "é",
                "e",
                "\u0301",
                "J",
                "\u030C",
                "\u0307",
                "Å",
                "Ω",
                "ﬁ",
                "ǅ",
                "0",
                "1",
                "9",
                "12",
                "31",
                "1990",
                "2024",
                "٠",
                "٣",
                "९",
                "²",
                "Ⅳ",
                "北",
                "한",
                "\u1100",
                "\u1161",
                "ा",
                "𠮷",
                "𐐀",
                "😀",
                "\uFE0F",
                "\uD800",
                "\uDC00",
                "\uFFFE",
                "\uFFFF",
                "\uFFFD",
                "\0",
                "\u001F",
                "\u200B",
                "\u2028",
                "\u00A0",
                " ",
                "\t",
                "\r\n",
                "-",
                ".",
                "..",
                "@",
                "+",
                "(0)",
                "00",
                "/",
                ":",
                "T",
                "_",
                "'",
                "’",
                "&",
                ",",
                "us-",
                "the",
                "germany",
                "california",
                "male",
                "example.com",
                "8df99a46f811595e1a1de5016e2445bc",
                "::1",
                "127.0.0.1",
                "l:",
                "38400000-8cf0-11bd-b23e-10b96e40000d"
            )
            .ListOf()
            .Select(string.Concat)
            .ToArbitrary();

    public static MatchKeys Keys(params (MatchKey Key, string Value)[] values)
    {
        var keys = new MatchKeys();
        foreach (var (key, value) in values)
        {
            keys.Add(key, value);
        }

        return keys;
    }

    public static IEnumerable<(MatchKey Key, string Value)> Pairs(this HashedKeys keys) =>
        keys.Values.Select(entry => (entry.Key, entry.Value));
}

using System.Diagnostics;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

/// <summary>Very long values cost no more than their length, and never the process.</summary>
public sealed class LongValueTests
{
    private const int Length = 200_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Repeated =>
        [
            "null ",
            "undefined  ",
            "0 ",
            "1/",
            "1,111",
            ",111",
            "a",
            "1a",
            " ",
            "4-",
            "+1",
            "%2B",
            "%252B",
            "&#43;",
            "&amp;",
            "(0)",
            "(",
            ";",
            "x1",
            "Mar ",
            "12:00 ",
            "10.0.0.1,",
            "[",
            ":",
            "fb.1.",
            "❤️",
            "\u200D",
            "'",
            "{{",
        ];

    [Theory]
    [MemberData(nameof(Repeated))]
    public void A_long_value_is_read_in_time(string part)
    {
        var value = string.Concat(Enumerable.Repeat(part, Length / part.Length));
        var watch = Stopwatch.StartNew();
        foreach (var key in Enum.GetValues<MatchKey>())
        {
            foreach (var text in new[] { value, "Mar 4 " + value, "1 " + value, "00" + value })
            {
                _ = Hashers.Run(Hashers.ForConversionsApi, (key, text));
            }
        }

        _ = Normalize.Phone(value, "DE", out _);
        watch.Elapsed.Should().BeLessThan(Limit);
    }
}

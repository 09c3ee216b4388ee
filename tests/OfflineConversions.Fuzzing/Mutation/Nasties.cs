using System.Text;

namespace OfflineConversions.Fuzzing.Mutation;

/// <summary>What has broken parsers before, as it stands in JSON.</summary>
internal static class Nasties
{
    /// <summary>Whole values, some of them no JSON.</summary>
    public static readonly byte[][] Values = Utf8(
    [
        "null", "true", "false", "0", "-0", "-1", "1e400", "-1e400", "1e-400", "1E+2", "0.1e1", "9007199254740993", "-9223372036854775808", "9223372036854775808",
        "18446744073709551616", "2147483647", "2147483648", "253402300800000", "-62135596800001", "1e15", "0.00000000000000000000000000000001", "01", "+1", "NaN", "Infinity",
        "[]", "{}", "[[]]", "[null]", "[{}]", "{\"a\":null}", "\"\"", "\" \"", "\"null\"", "\"undefined\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"",
        "\"\\ufeff\"", "\"\\u202e\"", "\"\\u0130\"", "\"\\u1e9e\"", "\"\\u0301\"", "\"\\u200b\\u200b\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"1e400\"", "\"-1\"", "\"1,234.56\"", "\"1.234,56\"",
        "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01\"", "\"2026-02-30\"", "\"2026-11-20T12:00:00+99:99\"", "\"2026-W47-5\"", "\"1700000000\"", "\"99999999999999999999\"",
        "\"a@b\"", "\"@\"", "\"a@b.c@d.e\"", "\"+\"", "\"+1\"", "\"00000000000000000000\"", "\"+1 (202) 555-0146 x9\"", "\"::1\"", "\"::ffff:1.2.3.4\"", "\"999.1.1.1\"", "\"fb.1.1.1\"",
        "\"https://a.example/?e=a@b.example&p=%ff%00\"", "\"http://[\"", "\"javascript:1\"", "\"USD\"", "\"usd \"", "\"\u20ac\"", "\"" + new string('a', 5000) + "\"", "\"" + new string('9', 400) + "\"",
        "\"" + new string('%', 300) + "\"", "\"" + new string('@', 300) + "\"", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"", "\"d41d8cd98f00b204e9800998ecf8427e\"",
        new string('[', 210) + new string(']', 210), "[[\"LDU\"],1,1000]", "1" + new string('0', 400), "0." + new string('3', 400),
    ]);

    /// <summary>What may stand within a string, or anywhere.</summary>
    public static readonly byte[][] Pieces =
    [
        .. Utf8(["\\ud800", "\\udfff", "\\u0000", "\\u0022", "\\", "\"", "{", "}", "[", "]", ",", ":", "\0", "\ufeff", "\u202e", "\u0130", "\u00df", "\u0301", "\ud83d\ude00", "\u200d", "@", "%", "&", "+", "e400", "-", "\r\n", "\u2028"]),
        [0xFF], [0xFE, 0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ];

    /// <summary>Whole numbers at the edge of something.</summary>
    public static readonly long[] Numbers =
    [
        0, 1, -1, 2, 4, 16, 127, 128, 255, 256, 4095, 4096, 32767, 32768, 65535, 65536, int.MaxValue, int.MaxValue - 1L, int.MinValue, uint.MaxValue, uint.MaxValue + 1L,
        253402300799999, 253402300800000, -62135596800000, -62135596800001, long.MaxValue, long.MaxValue - 1, long.MinValue, long.MinValue + 1,
    ];

    private static byte[][] Utf8(string[] texts) => Array.ConvertAll(texts, Encoding.UTF8.GetBytes);
}

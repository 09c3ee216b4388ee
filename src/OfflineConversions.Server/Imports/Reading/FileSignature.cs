using System.Text;

namespace OfflineConversions.Server.Imports.Reading;

/// <summary>What the first bytes of a file say about it.</summary>
internal static class FileSignature
{
    /// <summary>Why a file of a well-known other kind is not read, or <see langword="null"/>.</summary>
    public static string? Refuse(ReadOnlySpan<byte> first) =>
        first switch
        {
            [(byte)'P', (byte)'K', 3, 4, ..] =>
                "The file is a workbook or a ZIP archive. Save the sheet as CSV, or unpack the archive.",
            [0xD0, 0xCF, 0x11, 0xE0, ..] => "The file is a workbook. Save the sheet as CSV.",
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "The file is a PDF. Export the sales as CSV.",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "The file is in Parquet. Export it as CSV or NDJSON.",
            _ => null,
        };

    /// <summary>The encoding that a byte order mark or the places of zero bytes show.</summary>
    public static Encoding? EncodingOf(ReadOnlySpan<byte> first) =>
        first switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8,
            [0xFF, 0xFE, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
            _ => WithoutMark(first),
        };

    /// <summary>The length of the byte order mark.</summary>
    public static int MarkBytes(ReadOnlySpan<byte> first) =>
        first switch
        {
            [0xEF, 0xBB, 0xBF, ..] => 3,
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => 2,
            _ => 0,
        };

    /// <summary>Whether one byte in a hundred or more is one that no text has.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> first)
    {
        var odd = 0;
        foreach (var one in first)
        {
            odd += one is < 9 or (> 13 and < 32 and not 26 and not 27) ? 1 : 0;
        }

        return odd * 100 > first.Length;
    }

    // Latin text in UTF-16 has a zero in every second byte.
    private static Encoding? WithoutMark(ReadOnlySpan<byte> first)
    {
        if (first.Length < 4)
        {
            return null;
        }

        Span<int> zeros = [0, 0];
        for (var at = 0; at < first.Length; at++)
        {
            zeros[at % 2] += first[at] == 0 ? 1 : 0;
        }

        var many = first.Length / 4;
        return zeros[1] > many && zeros[0] * 8 < zeros[1] ? Encoding.Unicode
            : zeros[0] > many && zeros[1] * 8 < zeros[0] ? Encoding.BigEndianUnicode
            : null;
    }
}

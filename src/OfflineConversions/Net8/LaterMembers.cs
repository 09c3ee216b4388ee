using System.Collections.Frozen;
using System.Text;

namespace OfflineConversions.Net8;

/// <summary>Members that later versions of .NET have, by the same names and with the same results.</summary>
internal static class LaterMembers
{
    extension(Convert)
    {
        public static string ToHexStringLower(ReadOnlySpan<byte> bytes)
        {
            var hex = new byte[bytes.Length * 2];
            Convert.TryToHexStringLower(bytes, hex, out _);
            return Encoding.ASCII.GetString(hex);
        }

        public static bool TryToHexStringLower(ReadOnlySpan<byte> bytes, Span<byte> hex, out int written)
        {
            written = 0;
            if (hex.Length < bytes.Length * 2)
            {
                return false;
            }

            foreach (var value in bytes)
            {
                hex[written++] = "0123456789abcdef"u8[value >> 4];
                hex[written++] = "0123456789abcdef"u8[value & 0xF];
            }

            return true;
        }
    }

    extension(Uri)
    {
        public static string UnescapeDataString(ReadOnlySpan<char> text) => Uri.UnescapeDataString(text.ToString());
    }

    extension(FrozenSet)
    {
        public static FrozenSet<T> Create<T>(IEqualityComparer<T>? comparer, params ReadOnlySpan<T> source) =>
            source.ToArray().ToFrozenSet(comparer);
    }

    /// <summary>Each item with its place.</summary>
    public static IEnumerable<(int Index, T Item)> Index<T>(this IEnumerable<T> source) =>
        source.Select((item, index) => (index, item));

    /// <summary>The parts between the separators.</summary>
    public static TextParts Split(this ReadOnlySpan<char> text, char separator) => new(text, [separator]);

    /// <summary>The parts between any of the separators.</summary>
    public static TextParts SplitAny(this ReadOnlySpan<char> text, params char[] separators) => new(text, separators);
}

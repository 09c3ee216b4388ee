using System.Text;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>Inputs that begin with lines of text, so that people can read and write them.</summary>
internal static class Lines
{
    /// <summary>The first line in Latin-1, and what follows it. An input without a line feed is one line.</summary>
    public static (string Line, byte[] After) Cut(byte[] input)
    {
        var end = input.AsSpan().IndexOf((byte)'\n');
        return end < 0
            ? (Encoding.Latin1.GetString(input), [])
            : (Encoding.Latin1.GetString(input, 0, end), input[(end + 1)..]);
    }

    public static byte[] Join(string line, byte[] rest) => [.. Encoding.Latin1.GetBytes(line), (byte)'\n', .. rest];
}

using System.Text;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>Inputs that begin with lines of text: so a kept one can be read and written by hand.</summary>
internal static class Lines
{
    /// <summary>The first line, Latin-1, and what follows it. Without a line feed all of it is the line.</summary>
    public static (string Line, byte[] After) Cut(byte[] input)
    {
        var end = input.AsSpan().IndexOf((byte)'\n');
        return end < 0
            ? (Encoding.Latin1.GetString(input), [])
            : (Encoding.Latin1.GetString(input, 0, end), input[(end + 1)..]);
    }

    public static byte[] Join(string line, byte[] rest) => [.. Encoding.Latin1.GetBytes(line), (byte)'\n', .. rest];
}

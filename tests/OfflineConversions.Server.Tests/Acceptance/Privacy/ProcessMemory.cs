using System.Globalization;
using System.Text;

namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>Searches the writable memory of another process.</summary>
internal static class ProcessMemory
{
    private const int ChunkBytes = 1024 * 1024;

    /// <summary>How many copies of a text it contains, as UTF-8 and as UTF-16.</summary>
    public static int Count(int process, string text) =>
        Count(process, Encoding.UTF8.GetBytes(text)) + Count(process, Encoding.Unicode.GetBytes(text));

    private static int Count(int process, byte[] sought)
    {
        using var memory = new FileStream(
            $"/proc/{process}/mem",
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite,
            0
        );
        var buffer = new byte[ChunkBytes];
        var count = 0;
        foreach (var (start, end) in WritableRegions(process))
        {
            // Chunks overlap, so that a copy across their border is found, and found once.
            for (var at = start; at < end; at += ChunkBytes - sought.Length + 1)
            {
                count += CountIn(Read(memory, at, (int)Math.Min(ChunkBytes, end - at), buffer), sought);
            }
        }

        return count;
    }

    private static ReadOnlySpan<byte> Read(FileStream memory, long at, int length, byte[] buffer)
    {
        try
        {
            memory.Position = at;
            return buffer.AsSpan(0, memory.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false));
        }
        catch (IOException)
        {
            return []; // released since the list was read
        }
    }

    private static int CountIn(ReadOnlySpan<byte> memory, ReadOnlySpan<byte> sought)
    {
        var count = 0;
        while (memory.IndexOf(sought) is var found and >= 0)
        {
            count++;
            memory = memory[(found + sought.Length)..];
        }

        return count;
    }

    private static IEnumerable<(long Start, long End)> WritableRegions(int process) =>
        File.ReadLines($"/proc/{process}/maps")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts[1].StartsWith("rw", StringComparison.Ordinal))
            .Select(parts => parts[0].Split('-'))
            .Select(range => (Address(range[0]), Address(range[1])))
            .Where(range => range.Item1 >= 0 && range.Item2 > range.Item1);

    private static long Address(string hex) =>
        long.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var address) ? address : -1;
}

using System.Buffers.Binary;

namespace OfflineConversions.Fuzzing.Mutation;

/// <summary>Changes that know nothing of the format.</summary>
internal static class ByteMutation
{
    private const int MostBytes = 128 * 1024;

    /// <summary>One to four changes.</summary>
    public static byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            input = Change(input, others, random);
        }

        return input.Length > MostBytes ? input[..MostBytes] : input;
    }

    private static byte[] Change(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        var (at, length) = Piece(input.Length, random);
        var other = others[random.Next(others.Count)];
        var (otherAt, otherLength) = Piece(other.Length, random);
        return random.Next(9) switch
        {
            0 when input.Length > 0 => Set(input, Math.Min(at, input.Length - 1), span =>
                span[0] ^= (byte)(1 << random.Next(8))
            ),
            1 when input.Length > 0 => Set(input, Math.Min(at, input.Length - 1), span =>
                span[0] = (byte)random.Next(256)
            ),
            2 when input.Length >= 4 => Set(input, Math.Min(at, input.Length - 4), span => Number(span, random)),
            3 => Replaced(input, at, length, []),
            4 => Replaced(input, at, 0, input.AsSpan(at, length)),
            5 => Replaced(input, at, 0, OddPieces.Pieces[random.Next(OddPieces.Pieces.Length)]),
            6 => input[..at],
            7 => Replaced(input, at, length, other.AsSpan(otherAt, otherLength)),
            _ => [.. input.AsSpan(0, at), .. other.AsSpan(otherAt)],
        };
    }

    /// <summary>A copy with something else in the place of a piece.</summary>
    public static byte[] Replaced(ReadOnlySpan<byte> input, int at, int length, ReadOnlySpan<byte> by) =>
        [.. input[..at], .. by, .. input[(at + length)..]];

    /// <summary>A place, and a length that is short more often than long.</summary>
    public static (int At, int Length) Piece(int length, Random random)
    {
        var at = random.Next(length + 1);
        var most = random.Next(4) == 0 ? length - at : Math.Min(length - at, 8);
        return (at, random.Next(most + 1));
    }

    /// <summary>A number at the edge of something, in either order of bytes.</summary>
    public static void Number(Span<byte> span, Random random)
    {
        var number = unchecked((int)OddPieces.Numbers[random.Next(OddPieces.Numbers.Length)]);
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(span, number);
        }
        else
        {
            BinaryPrimitives.WriteInt32BigEndian(span, number);
        }
    }

    private static byte[] Set(byte[] input, int at, SpanChange change)
    {
        var copy = input.ToArray();
        change(copy.AsSpan(at));
        return copy;
    }

    private delegate void SpanChange(Span<byte> span);
}

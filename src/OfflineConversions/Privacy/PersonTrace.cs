using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Conversions;

namespace OfflineConversions.Privacy;

/// <summary>
/// One match key that tells who a person is, as a digest (half a SHA-256) of what stands in a payload, which mostly is
/// a hash itself. So it can be kept without keeping the hash that Meta gets.
/// </summary>
/// <param name="Digest">The digest.</param>
public readonly record struct PersonTrace(UInt128 Digest)
{
    /// <summary>The bytes of one trace.</summary>
    public const int Length = 16;

    // A hash with the suffix of Meta's parameter builder: 64 hex digits, a dot, 2 or 8 characters. Source: Meta,
    // "Parameter Builder Library".
    private const int HashLength = 64;

    /// <summary>The trace of a finished value, UTF-8.</summary>
    public static PersonTrace Of(MatchKey key, ReadOnlySpan<byte> value)
    {
        var suffixed = value.Length is HashLength + 3 or HashLength + 9 && value[HashLength] == (byte)'.';
        value = suffixed ? value[..HashLength] : value;
        var input = value.Length < 256 ? stackalloc byte[value.Length + 1] : new byte[value.Length + 1];
        input[0] = (byte)key;
        value.CopyTo(input[1..]);
        if (suffixed)
        {
            // Such a hash is passed on as it came, in any case.
            Ascii.ToLowerInPlace(input[1..], out _);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, digest);
        return Read(digest);
    }

    /// <summary>Reads one that was written.</summary>
    public static PersonTrace Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Its bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Digest);
        return bytes;
    }
}

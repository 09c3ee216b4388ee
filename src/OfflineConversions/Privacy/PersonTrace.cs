using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Conversions;

namespace OfflineConversions.Privacy;

/// <summary>
/// One match key that identifies a person, as a digest (half a SHA-256) of its value in a payload, which usually is a
/// hash itself. The digest can be stored without storing the hash that Meta receives.
/// </summary>
/// <param name="Digest">The digest.</param>
internal readonly record struct PersonTrace(UInt128 Digest)
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
            // Such a hash is sent unchanged, in any letter case.
            Ascii.ToLowerInPlace(input[1..], out _);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, digest);
        return Read(digest);
    }

    /// <summary>Reads a trace from its bytes.</summary>
    public static PersonTrace Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Its bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Digest);
        return bytes;
    }
}

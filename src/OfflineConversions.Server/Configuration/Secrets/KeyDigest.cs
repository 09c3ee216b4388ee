using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Server.Configuration.Secrets;

/// <summary>The SHA-256 of a key, kept instead of its text. Compared in constant time.</summary>
internal sealed class KeyDigest(ReadOnlySpan<char> key)
{
    private const int StackBytes = 256;
    private readonly byte[] _digest = Digest(key);

    /// <summary>Whether both are digests of the same key.</summary>
    public bool Matches(KeyDigest other) => CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    /// <summary>The digest in hex, for lookups of configured keys; never for a key that a caller presents.</summary>
    public string Text => Convert.ToHexString(_digest);

    private static byte[] Digest(ReadOnlySpan<char> key)
    {
        var length = Encoding.UTF8.GetByteCount(key);
        Span<byte> bytes = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        return SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
    }
}

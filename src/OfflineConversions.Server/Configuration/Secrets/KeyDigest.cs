using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Server.Configuration.Secrets;

/// <summary>The SHA-256 of a key: all that is kept of one. Compared in constant time.</summary>
internal sealed class KeyDigest(ReadOnlySpan<char> key)
{
    private const int StackBytes = 256;
    private readonly byte[] _digest = Digest(key);

    /// <summary>Whether both are of the same key.</summary>
    public bool Matches(KeyDigest other) => CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    /// <summary>For finding it again in a dictionary of our own; never for what a caller presents.</summary>
    public string Text => Convert.ToHexString(_digest);

    private static byte[] Digest(ReadOnlySpan<char> key)
    {
        var length = Encoding.UTF8.GetByteCount(key);
        Span<byte> bytes = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        return SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
    }
}

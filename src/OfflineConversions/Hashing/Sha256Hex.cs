using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>SHA-256 of a text's UTF-8 bytes in lower-case hex: how Meta wants personal data.</summary>
public static class Sha256Hex
{
    private const int MaxBytesOnStack = 256;

    /// <summary>64 characters. Allocates nothing but them unless the text is unusually long.</summary>
    public static string Of(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var utf8 = size <= MaxBytesOnStack ? stackalloc byte[MaxBytesOnStack] : new byte[size];
        var length = Encoding.UTF8.GetBytes(text, utf8);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..length], hash);
        return Convert.ToHexStringLower(hash);
    }
}

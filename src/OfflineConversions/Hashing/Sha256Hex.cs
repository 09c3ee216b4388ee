using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>SHA-256 of a text's UTF-8 bytes in lower-case hex: how Meta wants personal data.</summary>
public static class Sha256Hex
{
    private const int MaxBytesOnStack = 256;

    // Countries, states and genders come with every event, and there are only 702 texts of one or two letters.
    private static readonly string?[] ShortTexts = new string?[26 * 27];

    // A short hash is nearly all set-up; a kept context saves a sixth of it.
    [ThreadStatic]
    private static IncrementalHash? _hash;

    /// <summary>64 characters. Allocates nothing but them unless the text is unusually long.</summary>
    public static string Of(string text) =>
        ShortIndex(text) is { } index ? ShortTexts[index] ??= Compute(text) : Compute(text);

    private static int? ShortIndex(string text) =>
        text switch
        {
            [>= 'a' and <= 'z' and var only] => only - 'a',
            [>= 'a' and <= 'z' and var first, >= 'a' and <= 'z' and var second] => ((first - 'a' + 1) * 26)
                + second
                - 'a',
            _ => null,
        };

    private static string Compute(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var utf8 = size <= MaxBytesOnStack ? stackalloc byte[MaxBytesOnStack] : new byte[size];
        var length = Encoding.UTF8.GetBytes(text, utf8);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var context = _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        context.AppendData(utf8[..length]);
        context.GetHashAndReset(hash);
        return Convert.ToHexStringLower(hash);
    }
}

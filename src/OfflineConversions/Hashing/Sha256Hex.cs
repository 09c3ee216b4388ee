using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>
/// SHA-256 of a text's UTF-8 bytes in lower-case hex: the form in which Meta wants personal data. An instance keeps
/// what makes a series of hashes cheap; it is not thread-safe.
/// </summary>
internal sealed class Sha256Hex : IDisposable
{
    private const int MaxBytesOnStack = 256;

    // Nearly every event has a country, a state and a gender, and there are only 702 texts of one or two letters.
    private readonly string?[] _shortTexts = new string?[26 * 27];

    // Most of the cost of a short hash is its set-up, which a context saves.
    private readonly IncrementalHash _context = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>64 characters.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The same as <see cref="Of"/>. Allocates only the result, unless the text is unusually long.</summary>
    public string Hash(string text) =>
        ShortIndex(text) is { } index ? _shortTexts[index] ??= Compute(text) : Compute(text);

    public void Dispose() => _context.Dispose();

    private static int? ShortIndex(string text) =>
        text switch
        {
            [>= 'a' and <= 'z' and var only] => only - 'a',
            [>= 'a' and <= 'z' and var first, >= 'a' and <= 'z' and var second] => ((first - 'a' + 1) * 26)
                + second
                - 'a',
            _ => null,
        };

    private string Compute(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var utf8 = size <= MaxBytesOnStack ? stackalloc byte[MaxBytesOnStack] : new byte[size];
        var length = Encoding.UTF8.GetBytes(text, utf8);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _context.AppendData(utf8[..length]);
        _context.GetHashAndReset(hash);
        return Convert.ToHexStringLower(hash);
    }
}

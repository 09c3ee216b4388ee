using System.Buffers;

namespace OfflineConversions.Hashing;

/// <summary>Recognises values that a customer hashed before sending them.</summary>
internal static class AlreadyHashed
{
    private const int Sha256Length = 64;
    private const int Md5Length = 32;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> Base64Url = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    /// <summary>
    /// The hash as it is sent on, or <see langword="null"/> when the value is none: 64 (SHA-256) or 32 (MD5) hex digits
    /// in lower case, or 64 with the suffix of Meta's parameter builder (a dot and 2 or 8 characters), unchanged.
    /// Source: Meta, "Parameter Builder Library".
    /// </summary>
    public static string? Find(string value)
    {
        var text = value.Trim();
        return text.Length switch
        {
            Sha256Length or Md5Length when !text.AsSpan().ContainsAnyExcept(Hex) => text.ToLowerInvariant(),
            Sha256Length + 3 or Sha256Length + 9 when HasSuffix(text) => text,
            _ => null,
        };
    }

    private static bool HasSuffix(ReadOnlySpan<char> text) =>
        !text[..Sha256Length].ContainsAnyExcept(Hex)
        && text[Sha256Length] == '.'
        && !text[(Sha256Length + 1)..].ContainsAnyExcept(Base64Url);
}

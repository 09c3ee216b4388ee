using System.Buffers;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>Recognises values that a customer hashed before sending them.</summary>
internal static class AlreadyHashed
{
    private const int Sha256Length = 64;
    private const int Md5Length = 32;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> Base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
    );

    /// <summary>
    /// The hash as it is sent, or <see langword="null"/> if the value is not one: 64 hex digits (SHA-256) in lower
    /// case, or with the appendix of Meta's parameter builder, unchanged. Source: Meta, "Parameter Builder Library".
    /// </summary>
    public static string? Find(string value) =>
        Find(value, new KeyScratch()) is { IsEmpty: false } hash ? hash.ToString() : null;

    /// <summary>The same; empty if the value is not a hash.</summary>
    public static ReadOnlySpan<char> Find(ReadOnlySpan<char> value, KeyScratch scratch)
    {
        var text = value.Trim();
        switch (text.Length)
        {
            case Sha256Length when IsHex(text):
                var lower = scratch.Take(Sha256Length);
                Ascii.ToLower(text, lower, out _);
                return lower;
            case Sha256Length + 3 or Sha256Length + 9 when IsHash(text):
                return text;
            default:
                return default;
        }
    }

    /// <summary>Whether the value is a hash as it is sent.</summary>
    public static bool Is(ReadOnlySpan<char> value) => IsHash(value.Trim());

    /// <summary>
    /// Whether the value is a hash that Meta does not match: MD5, SHA-1 and others in hex, SHA-256 in Base64, or one
    /// with an appendix that is not the parameter builder's. It must not be hashed again.
    /// </summary>
    public static bool IsOther(ReadOnlySpan<char> value)
    {
        var text = value.Trim();
        if (text.Length < Md5Length || IsHash(text))
        {
            return false;
        }

        return IsHexHash(text)
            || IsBase64Hash(text)
            || (text.IndexOf('.') is var dot and > 0 && IsHexHash(text[..dot]));
    }

    /// <summary>Whether the value is an MD5 hash.</summary>
    public static bool IsMd5(string value) => value.AsSpan().Trim() is { Length: Md5Length } text && IsHex(text);

    // MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512.
    private static bool IsHexHash(ReadOnlySpan<char> text) =>
        text.Length is Md5Length or 40 or 56 or Sha256Length or 96 or 128 && IsHex(text);

    private static bool IsBase64Hash(ReadOnlySpan<char> text) =>
        text.Length is 43 or 44
        && text.TrimEnd('=') is { Length: 43 } digits
        && !digits.ContainsAnyExcept(Base64)
        && digits.ContainsAnyInRange('0', '9')
        && digits.ContainsAnyInRange('A', 'Z')
        && digits.ContainsAnyInRange('a', 'z');

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);

    private static bool IsHash(ReadOnlySpan<char> text) =>
        text.Length switch
        {
            Sha256Length => IsHex(text),
            Sha256Length + 3 or Sha256Length + 9 => IsHex(text[..Sha256Length]) && HasAppendix(text),
            _ => false,
        };

    private static bool HasAppendix(ReadOnlySpan<char> text) =>
        text[Sha256Length] == '.' && BuilderAppendix.Is(text[(Sha256Length + 1)..]);
}

using System.Buffers;
using System.Net;

namespace OfflineConversions.Hashing;

/// <summary>
/// Whether a text is the address of a visitor. Stricter than the platform, which also reads "1" and "0x7f" as
/// addresses.
/// </summary>
internal static class ClientIpAddress
{
    private static readonly SearchValues<char> Dotted = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> Coloned = SearchValues.Create("0123456789abcdefABCDEF.:");

    /// <summary>
    /// Four decimal numbers with dots or an IPv6 address without brackets, port or zone; also with the parameter
    /// builder's suffix.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> text) => IsPlain(text) || IsPlain(WithoutSuffix(text));

    private static bool IsPlain(ReadOnlySpan<char> text) =>
        text.Contains(':')
            ? !text.ContainsAnyExcept(Coloned) && IPAddress.TryParse(text, out _)
            : !text.ContainsAnyExcept(Dotted)
                && text.Count('.') == 3
                && !HasLeadingZero(text)
                && IPAddress.TryParse(text, out _);

    // The platform takes "010" for octal eight.
    private static bool HasLeadingZero(ReadOnlySpan<char> text)
    {
        foreach (var part in text.Split('.'))
        {
            if (text[part] is ['0', _, ..])
            {
                return true;
            }
        }

        return false;
    }

    // ".AQ" or ".AQYCAQAA": every version of the suffix begins with a letter. Source: Meta, "Parameter Builder
    // Library".
    private static ReadOnlySpan<char> WithoutSuffix(ReadOnlySpan<char> text)
    {
        var dot = text.LastIndexOf('.');
        return dot > 0 && text[(dot + 1)..] is { Length: 2 or 8 } suffix && char.IsAsciiLetterUpper(suffix[0])
            ? text[..dot]
            : default;
    }
}

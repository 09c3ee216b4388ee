using System.Buffers;
using System.Globalization;
using System.Net;

namespace OfflineConversions.Hashing;

/// <summary>
/// The address of a visitor in a text. Stricter than the platform, which also reads "1" and "0x7f" as addresses.
/// </summary>
internal static class ClientIpAddress
{
    private const int Ipv4Bytes = 4;

    private static readonly SearchValues<char> Dotted = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> Coloned = SearchValues.Create("0123456789abcdefABCDEF.:");

    /// <summary>
    /// The first address of a list, without port, brackets and zone, possibly with the parameter builder's appendix;
    /// empty if there is none or if it is not a public one.
    /// </summary>
    public static ReadOnlySpan<char> Find(ReadOnlySpan<char> text)
    {
        foreach (var entry in text.SplitAny(',', ';', ' ', '\t', '\r', '\n', '|'))
        {
            var address = WithoutDecoration(text[entry]);
            if (IsPublic(address) is { } isPublic)
            {
                return isPublic ? address : default;
            }

            // After something that is not an address, another address is the sender's mistake, except after a word:
            // "unknown, 203.0.113.7" is a list of proxies.
            if (!address.IsEmpty && address.ContainsAny('.', ':'))
            {
                return default;
            }
        }

        return default;
    }

    // Null if it is no address.
    private static bool? IsPublic(ReadOnlySpan<char> address) =>
        IsPublicPlain(address) ?? (WithoutAppendix(address) is { IsEmpty: false } plain ? IsPublicPlain(plain) : null);

    private static bool? IsPublicPlain(ReadOnlySpan<char> address)
    {
        if (!address.Contains(':'))
        {
            return IsPublicDotted(address);
        }

        return !address.ContainsAnyExcept(Coloned) && IPAddress.TryParse(address, out var parsed)
            ? IsPublic(parsed)
            : null;
    }

    private static bool? IsPublicDotted(ReadOnlySpan<char> address)
    {
        if (address.ContainsAnyExcept(Dotted))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Ipv4Bytes];
        var count = 0;
        foreach (var part in address.Split('.'))
        {
            if (count == Ipv4Bytes || !TryReadByte(address[part], out bytes[count]))
            {
                return null;
            }

            count++;
        }

        return count == Ipv4Bytes ? IsPublic(bytes[0], bytes[1]) : null;
    }

    // The platform reads "010" as octal eight.
    private static bool TryReadByte(ReadOnlySpan<char> digits, out byte number)
    {
        number = 0;
        return digits is not ['0', _, ..]
            && byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    // "[2001:db8::1]:443", "203.0.113.7:443", "2001:db8::1%eth0"
    private static ReadOnlySpan<char> WithoutDecoration(ReadOnlySpan<char> text)
    {
        text = text.Trim("\"'");
        if (text.StartsWith("for=", StringComparison.OrdinalIgnoreCase))
        {
            text = text["for=".Length..].Trim("\"'");
        }

        if (text is ['[', ..] && text.IndexOf(']') is > 0 and var end && IsPort(text[(end + 1)..]))
        {
            text = text[1..end];
        }
        else if (text.Count(':') == 1 && text.IndexOf(':') is var colon && IsPort(text[colon..]))
        {
            text = text[..colon];
        }

        return text.IndexOf('%') is > 0 and var zone && text.Contains(':') ? text[..zone] : text;
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text[0] == ':' && !text[1..].ContainsAnyExceptInRange('0', '9'));

    private static ReadOnlySpan<char> WithoutAppendix(ReadOnlySpan<char> text)
    {
        // Every version of the appendix begins with a letter; digits would be a fifth part of the address.
        var dot = text.LastIndexOf('.');
        return
            dot > 0 && text[(dot + 1)..] is var appendix && BuilderAppendix.Is(appendix) && char.IsLetter(appendix[0])
            ? text[..dot]
            : default;
    }

    // Not private, loopback, link-local, unspecified, multicast or reserved. Source: Meta, "Customer Information
    // Parameters", client_ip_address: the address of the browser.
    private static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out var length);
        return length == Ipv4Bytes
            ? IsPublic(bytes[0], bytes[1])
            : !(
                address.IsIPv6LinkLocal
                || address.IsIPv6SiteLocal
                || address.IsIPv6UniqueLocal
                || address.IsIPv6Multicast
                || IPAddress.IsLoopback(address)
                || address.Equals(IPAddress.IPv6Any)
            );
    }

    private static bool IsPublic(byte first, byte second)
    {
        var isPrivate = first == 10 || (first == 172 && second is >= 16 and <= 31) || (first == 192 && second == 168);
        var isLocal = first is 0 or 127 || (first == 169 && second == 254);
        return !isPrivate && !isLocal && first < 224;
    }
}

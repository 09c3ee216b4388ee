using System.Globalization;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Sources;

/// <summary>The click id that the pixel would have stored. Source: Meta, "fbp and fbc Parameters".</summary>
internal static class ClickIds
{
    private const string Parameter = "fbclid=";

    /// <summary>Adds the click id of the first page address that has one, unless the event has one.</summary>
    public static void AddFromUrls(MatchKeys keys, DateTimeOffset clicked, params ReadOnlySpan<BodyText> urls)
    {
        foreach (var url in urls)
        {
            if (MayHaveClick(url) && !keys.Has(MatchKey.ClickId))
            {
                keys.Add(MatchKey.ClickId, FromUrl(url.ToString(), clicked));
            }
        }
    }

    /// <summary>
    /// <c>fb.1.{milliseconds}.{fbclid}</c> from a page address; <see langword="null"/> without a click id. An address
    /// that is not one is searched in the same way: it must never fail the event.
    /// </summary>
    public static string? FromUrl(string url, DateTimeOffset clicked)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        if (query < 0 || !url.AsSpan(query).Contains(Parameter, StringComparison.Ordinal))
        {
            return null;
        }

        var (end, routed) = Fragment(url, query);
        return Find(url.AsSpan(query + 1, end - query - 1), clicked) ?? Find(routed, clicked);
    }

    // Nearly no address has a click id.
    private static bool MayHaveClick(BodyText url) =>
        !url.IsAbsent && (url.Ascii.IsEmpty || url.Ascii.IndexOf("fbclid="u8) >= 0);

    // A page with routes in its fragment has a query there too: /#/sale?fbclid=…
    private static (int End, string Query) Fragment(string url, int query)
    {
        var fragment = url.IndexOf('#', query);
        var routed = fragment < 0 ? -1 : url.IndexOf('?', fragment);
        return (fragment < 0 ? url.Length : fragment, routed < 0 ? string.Empty : url[(routed + 1)..]);
    }

    private static string? Find(ReadOnlySpan<char> query, DateTimeOffset clicked)
    {
        // A semicolon separates too, also as the end of "&amp;".
        foreach (var range in query.SplitAny('&', ';'))
        {
            var part = query[range];
            if (
                part.StartsWith(Parameter, StringComparison.Ordinal)
                && Read(Uri.UnescapeDataString(part[Parameter.Length..]), clicked) is { } clickId
            )
            {
                return clickId;
            }
        }

        return null;
    }

    private static string? Read(string fbclid, DateTimeOffset clicked)
    {
        // Some pages write the whole cookie into the address.
        if (fbclid.StartsWith("fb.", StringComparison.Ordinal))
        {
            return PixelCookie.Read(fbclid) is null ? null : fbclid;
        }

        var id = fbclid[..PixelCookie.LengthOfId(fbclid)];
        return id.Length == 0 || Placeholder.Is(id)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"fb.1.{clicked.ToUnixTimeMilliseconds()}.{id}");
    }
}

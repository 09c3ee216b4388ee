using System.Globalization;

namespace OfflineConversions.Sources;

/// <summary>The click id that the pixel would have stored. Source: Meta, "fbp and fbc Parameters".</summary>
internal static class ClickIds
{
    private const string Parameter = "fbclid=";

    /// <summary>
    /// <c>fb.1.{milliseconds}.{fbclid}</c> from a page address; <see langword="null"/> without a click id. An address
    /// that is none at all is searched the same way: it must never fail the event.
    /// </summary>
    public static string? FromUrl(string? url, DateTimeOffset clicked)
    {
        var query = url is null ? -1 : url.IndexOf('?', StringComparison.Ordinal);
        if (query < 0 || !url!.Contains(Parameter, StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var part in url[(query + 1)..].Split('#')[0].Split('&'))
        {
            if (part.StartsWith(Parameter, StringComparison.Ordinal) && part.Length > Parameter.Length)
            {
                var id = Uri.UnescapeDataString(part[Parameter.Length..]);
                return string.Create(CultureInfo.InvariantCulture, $"fb.1.{clicked.ToUnixTimeMilliseconds()}.{id}");
            }
        }

        return null;
    }
}

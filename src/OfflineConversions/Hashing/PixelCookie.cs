using System.Buffers;
using System.Globalization;

namespace OfflineConversions.Hashing;

/// <summary>
/// The form that the click id (<c>fbc</c>) and the browser id (<c>fbp</c>) share:
/// <c>fb.{subdomain index}.{creation time in milliseconds}.{id}</c>, possibly with the parameter builder's appendix.
/// Source: Meta, "fbp and fbc Parameters".
/// </summary>
/// <param name="CreatedAt">
/// When the pixel or the server created it; for a click id, when the click was first seen.
/// </param>
internal readonly record struct PixelCookie(DateTimeOffset CreatedAt)
{
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    private static readonly TimeSpan LongestClick = TimeSpan.FromDays(90);

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+"
    );

    /// <summary>The cookie, or <see langword="null"/> if the text does not have the form.</summary>
    public static PixelCookie? Read(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[6];
        var count = text.Split(parts, '.');
        if (count is not (4 or 5) || text[parts[0]] is not "fb")
        {
            return null;
        }

        var index = text[parts[1]];
        var created = text[parts[2]];
        var id = text[parts[3]];
        var hasForm =
            IsDigits(index)
            && IsDigits(created)
            && LengthOfId(id) == id.Length
            && (count == 4 || BuilderAppendix.Is(text[parts[4]]));
        return
            hasForm
            && !id.IsEmpty
            && id is not ("undefined" or "null")
            && long.TryParse(created, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= LastMillisecond
            ? new PixelCookie(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
            : null;
    }

    /// <summary>How many of the first characters can be of a click id. A plus sign can.</summary>
    public static int LengthOfId(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExcept(IdCharacters) is >= 0 and var end ? end : text.Length;

    /// <summary>Whether Meta accepts the click for an event: it is at most 90 days old then.</summary>
    public bool IsRecentAt(DateTimeOffset eventTime) => eventTime - CreatedAt <= LongestClick;

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}

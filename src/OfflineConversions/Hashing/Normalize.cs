using System.Globalization;
using OfflineConversions.Json;

namespace OfflineConversions.Hashing;

/// <summary>
/// One method for each match key: the value in the form that Meta requires before hashing, or an empty one if there is
/// no such form, and the key is left out. Never throws, does not depend on the culture, and normalising twice
/// changes nothing. Source: Meta, "Customer Information Parameters", also where Meta's own libraries differ from it.
/// </summary>
internal static partial class Normalize
{
    /// <summary>
    /// "Trim any leading and trailing spaces. Convert all characters to lowercase." A text that is not an
    /// address is left out.
    /// </summary>
    public static ReadOnlySpan<char> Email(ReadOnlySpan<char> value, KeyScratch scratch)
    {
        var text = Text.Fold(value, scratch);
        return EmailAddress.IsPlausible(text) ? text : default;
    }

    /// <summary>
    /// "Remove symbols, letters, and any leading zeros. Phone numbers must include a country code": 7 to 15 digits.
    /// </summary>
    /// <param name="value">The number as the source wrote it.</param>
    /// <param name="plan">How numbers without country code are completed, or <see langword="null"/>.</param>
    /// <param name="scratch">Receives the digits.</param>
    /// <param name="countryCodeMissing">
    /// Whether the digits are unchanged because their country is unknown.
    /// </param>
    public static ReadOnlySpan<char> Phone(
        ReadOnlySpan<char> value,
        NumberingPlan? plan,
        KeyScratch scratch,
        out bool countryCodeMissing
    ) => PhoneNumber.Digits(value, plan, scratch, out countryCodeMissing);

    /// <summary>First or last name. "Lowercase only with no punctuation"; special characters stay, in UTF-8.</summary>
    public static ReadOnlySpan<char> Name(ReadOnlySpan<char> value, KeyScratch scratch) =>
        Text.Keep(Text.Fold(value, scratch), Kept.Letters | Kept.Marks | Kept.Digits, scratch);

    /// <summary>
    /// "Lowercase only with no punctuation, no special characters, and no spaces"; digits go, other scripts stay.
    /// </summary>
    public static ReadOnlySpan<char> City(ReadOnlySpan<char> value, KeyScratch scratch) =>
        Text.Keep(Text.Fold(value, scratch), Kept.Letters | Kept.Marks, scratch);

    /// <summary>
    /// "2-character ANSI abbreviation code in lowercase" for the US (and Canada); elsewhere the whole name without
    /// punctuation.
    /// </summary>
    public static ReadOnlySpan<char> State(ReadOnlySpan<char> value, KeyScratch scratch)
    {
        var text = Text.Fold(value, scratch);
        return States.FromSubdivisionCode(text) is { } code
            ? code
            : States.Abbreviate(Text.Keep(text, Kept.Letters | Kept.Marks, scratch));
    }

    /// <summary>
    /// "Lowercase with no spaces and no dash. Use only the first 5 digits for U.S. zip codes": nine digits are a ZIP+4.
    /// Of a US zip, leading zeros that a spreadsheet removed are restored.
    /// </summary>
    public static ReadOnlySpan<char> Zip(ReadOnlySpan<char> value, bool isUnitedStates, KeyScratch scratch) =>
        ZipCode.Read(value, isUnitedStates, scratch);

    /// <summary>
    /// "Lowercase, 2-letter country codes in ISO 3166-1 alpha-2", found by name, alpha-2, alpha-3 or <c>UK</c>.
    /// </summary>
    public static ReadOnlySpan<char> Country(ReadOnlySpan<char> value, KeyScratch scratch) =>
        Countries.Find(Text.Fold(value, scratch));

    /// <summary>"f" or "m", also from the words that Meta's own library reads.</summary>
    public static ReadOnlySpan<char> Gender(ReadOnlySpan<char> value, KeyScratch scratch) =>
        Hashing.Gender.Find(Text.Fold(value, scratch));

    /// <summary>"YYYYMMDD", a real date of 1900 or later.</summary>
    /// <param name="value">
    /// Eight digits, an ISO date or date-time, or three numbers of which the first or last is the year.
    /// </param>
    /// <param name="order">Which part is the month if both could be.</param>
    /// <param name="today">Its year is the last one accepted.</param>
    /// <param name="scratch">Receives the date.</param>
    public static ReadOnlySpan<char> Birthdate(
        ReadOnlySpan<char> value,
        DateOrder order,
        DateOnly today,
        KeyScratch scratch
    )
    {
        if (Hashing.Birthdate.Read(value, order, today) is not { } date)
        {
            return default;
        }

        var digits = scratch.Take(8);
        date.TryFormat(digits, out _, provider: CultureInfo.InvariantCulture);
        return digits;
    }

    /// <summary>
    /// A mobile advertiser id in lower case: a GUID with its dashes. A phone that does not allow tracking
    /// reports all zeros.
    /// </summary>
    public static ReadOnlySpan<char> MobileAdvertiserId(ReadOnlySpan<char> value, KeyScratch scratch)
    {
        var text = Text.Fold(value, scratch);
        return Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty ? text : default;
    }

    /// <summary>Trimmed and otherwise untouched: it must equal what the site's pixel sends.</summary>
    public static ReadOnlySpan<char> ExternalId(ReadOnlySpan<char> value) => Text.Trim(value);

    /// <summary>
    /// The external id before it is hashed: lower case without any blanks, as the pixel's library hashes it.
    /// </summary>
    public static ReadOnlySpan<char> ExternalIdToHash(ReadOnlySpan<char> value, KeyScratch scratch)
    {
        var folded = Text.Fold(value, scratch);
        var id = scratch.Take(folded.Length);
        var length = 0;
        foreach (var c in folded)
        {
            if (!char.IsWhiteSpace(c) && c != '\uFEFF')
            {
                id[length++] = c;
            }
        }

        return id[..length];
    }

    /// <summary>
    /// Meta's lead id, 15 to 17 digits. Exports write it with a leading <c>l:</c>. Meta's page says 15 or 16 digits;
    /// longer ones exist.
    /// </summary>
    public static ReadOnlySpan<char> LeadId(ReadOnlySpan<char> value)
    {
        var text = Text.Trim(value);
        var id = text.StartsWith("l:", StringComparison.OrdinalIgnoreCase) ? Text.Trim(text[2..]) : text;
        return id.Length is >= 15 and <= 17 && !id.ContainsAnyExceptInRange('0', '9') ? id : default;
    }

    /// <summary>
    /// The click id: well-formed, and at most 90 days old at the time of the event. Unchanged: its case matters.
    /// </summary>
    public static ReadOnlySpan<char> ClickId(ReadOnlySpan<char> value, DateTimeOffset eventTime)
    {
        var text = Text.Trim(value);
        return PixelCookie.Read(text) is { } cookie && cookie.IsRecentAt(eventTime) ? text : default;
    }

    /// <summary>The browser id: well-formed and unchanged.</summary>
    public static ReadOnlySpan<char> BrowserId(ReadOnlySpan<char> value)
    {
        var text = Text.Trim(value);
        return PixelCookie.Read(text) is not null ? text : default;
    }

    /// <summary>
    /// "Must be a valid IPv4 or IPv6 address" without blanks: the first one of a list, if it is public.
    /// </summary>
    public static ReadOnlySpan<char> IpAddress(ReadOnlySpan<char> value) => ClientIpAddress.Find(Text.Trim(value));

    /// <summary>User agent and the other keys that Meta requires exactly as they are.</summary>
    public static ReadOnlySpan<char> AsGiven(ReadOnlySpan<char> value) => Text.Trim(value);
}

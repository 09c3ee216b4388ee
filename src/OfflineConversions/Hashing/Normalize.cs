using OfflineConversions.Json;

namespace OfflineConversions.Hashing;

/// <summary>
/// One method for each match key: the value in the form that Meta requires before hashing, or <see langword="null"/> if
/// there is no such form, and the key is left out. Never throws, does not depend on the culture, and normalising twice
/// changes nothing. Source: Meta, "Customer Information Parameters", also where Meta's own libraries differ from it.
/// </summary>
internal static class Normalize
{
    /// <summary>
    /// "Trim any leading and trailing spaces. Convert all characters to lowercase." A text that is not an
    /// address is left out.
    /// </summary>
    public static string? Email(string value) =>
        Text.Fold(value) is { } text && EmailAddress.IsPlausible(text) ? text : null;

    /// <summary>
    /// "Remove symbols, letters, and any leading zeros. Phone numbers must include a country code": 7 to 15 digits.
    /// </summary>
    /// <param name="value">The number as the source wrote it.</param>
    /// <param name="defaultCountry">
    /// ISO 3166-1 alpha-2 of numbers without country code, or <see langword="null"/>.
    /// </param>
    /// <param name="countryCodeMissing">
    /// Whether the digits are unchanged because their country is unknown.
    /// </param>
    public static string? Phone(string value, string? defaultCountry, out bool countryCodeMissing) =>
        Phone(value, NumberingPlans.Find(defaultCountry), out countryCodeMissing);

    internal static string? Phone(string value, NumberingPlan? plan, out bool countryCodeMissing) =>
        PhoneNumber.Digits(value, plan, out countryCodeMissing);

    /// <summary>First or last name. "Lowercase only with no punctuation"; special characters stay, in UTF-8.</summary>
    public static string? Name(string value) => Text.Keep(Text.Fold(value), Kept.Letters | Kept.Marks | Kept.Digits);

    /// <summary>
    /// "Lowercase only with no punctuation, no special characters, and no spaces"; digits go, other scripts stay.
    /// </summary>
    public static string? City(string value) => Text.Keep(Text.Fold(value), Kept.Letters | Kept.Marks);

    /// <summary>
    /// "2-character ANSI abbreviation code in lowercase" for the US (and Canada); elsewhere the whole name without
    /// punctuation.
    /// </summary>
    public static string? State(string value)
    {
        var text = Text.Fold(value);
        return States.FromSubdivisionCode(text) ?? States.Abbreviate(Text.Keep(text, Kept.Letters | Kept.Marks));
    }

    /// <summary>
    /// "Lowercase with no spaces and no dash. Use only the first 5 digits for U.S. zip codes": nine digits are a ZIP+4.
    /// </summary>
    public static string? Zip(string value) => Zip(value, isUnitedStates: false);

    /// <summary>The same; of a US zip, leading zeros that a spreadsheet removed are restored.</summary>
    public static string? Zip(string value, bool isUnitedStates) => ZipCode.Read(value, isUnitedStates);

    /// <summary>
    /// "Lowercase, 2-letter country codes in ISO 3166-1 alpha-2", found by name, alpha-2, alpha-3 or <c>UK</c>.
    /// </summary>
    public static string? Country(string value) => Countries.Find(Text.Fold(value));

    /// <summary>"f" or "m", also from the words that Meta's own library reads.</summary>
    public static string? Gender(string value) => Hashing.Gender.Find(Text.Fold(value));

    /// <summary>"YYYYMMDD", a real date of 1900 or later.</summary>
    /// <param name="value">
    /// Eight digits, an ISO date or date-time, or three numbers of which the first or last is the year.
    /// </param>
    /// <param name="order">Which part is the month if both could be.</param>
    /// <param name="today">Its year is the last one accepted.</param>
    public static string? Birthdate(string value, DateOrder order, DateOnly today) =>
        Hashing.Birthdate.Read(value, order, today);

    /// <summary>
    /// A mobile advertiser id in lower case: a GUID with its dashes. A phone that does not allow tracking
    /// reports all zeros.
    /// </summary>
    public static string? MobileAdvertiserId(string value) =>
        Text.Fold(value) is { } text && Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty ? text : null;

    /// <summary>Trimmed and otherwise untouched: it must equal what the site's pixel sends.</summary>
    public static string? ExternalId(string value) => Text.Trim(value);

    /// <summary>
    /// The external id before it is hashed: lower case without any blanks, as the pixel's library hashes it.
    /// </summary>
    public static string? ExternalIdToHash(string value) =>
        Text.Fold(value) is { } id
        && string.Concat(id.Where(c => !char.IsWhiteSpace(c) && c != '\uFEFF')) is { Length: > 0 } text
            ? text
            : null;

    /// <summary>
    /// Meta's lead id, 15 to 17 digits. Exports write it with a leading <c>l:</c>. Meta's page says 15 or 16 digits;
    /// longer ones exist.
    /// </summary>
    public static string? LeadId(string value)
    {
        var text = Text.Trim(value);
        var id =
            text is not null && text.StartsWith("l:", StringComparison.OrdinalIgnoreCase) ? Text.Trim(text[2..]) : text;
        return id is { Length: >= 15 and <= 17 } && !id.AsSpan().ContainsAnyExceptInRange('0', '9') ? id : null;
    }

    /// <summary>
    /// The click id: well-formed, and at most 90 days old at the time of the event. Unchanged: its case matters.
    /// </summary>
    public static string? ClickId(string value, DateTimeOffset eventTime) =>
        Text.Trim(value) is { } text && PixelCookie.Read(text) is { } cookie && cookie.IsRecentAt(eventTime)
            ? text
            : null;

    /// <summary>The browser id: well-formed and unchanged.</summary>
    public static string? BrowserId(string value) =>
        Text.Trim(value) is { } text && PixelCookie.Read(text) is not null ? text : null;

    /// <summary>
    /// "Must be a valid IPv4 or IPv6 address" without blanks: the first one of a list, if it is public.
    /// </summary>
    public static string? IpAddress(string value) => Text.Trim(value) is { } text ? ClientIpAddress.Find(text) : null;

    /// <summary>User agent and the other keys that Meta requires exactly as they are.</summary>
    public static string? AsGiven(string value) => Text.Trim(value);
}

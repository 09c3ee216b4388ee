using System.Collections.Concurrent;

namespace OfflineConversions.Conversions;

/// <summary>
/// What was left out of an event or changed in it. The codes are part of the interface: they appear in responses,
/// metrics and docs.
/// </summary>
public static class Warning
{
    public const string ClockSkew = "clock_skew";
    public const string ValueWithoutCurrency = "value_without_currency";
    public const string UnknownCurrency = "unknown_currency";
    public const string ContentWithoutId = "content_without_id";
    public const string UnknownActionSource = "unknown_action_source";

    /// <summary>
    /// The event comes from a browser or an app, but is sent as <c>physical_store</c>, because the connection's
    /// <c>ActionSource</c> is not set.
    /// </summary>
    public const string LooksLikeWeb = "looks_like_web";

    /// <summary>The event is sent as <c>website</c> without the user agent that Meta asks for there.</summary>
    public const string MissingUserAgent = "missing_user_agent";
    public const string PersonalDataRemoved = "personal_data_removed";

    /// <summary>A property, custom attribute or root key that the event brought is neither used nor sent.</summary>
    public const string PropertyNotSent = "property_not_sent";

    /// <summary>The source's page assumes a currency that neither the event nor the connection names.</summary>
    public const string AssumedCurrency = "assumed_currency";

    /// <summary>The value is below zero and was left out. For a purchase, it is the reason of the rejection.</summary>
    public const string NegativeValue = "negative_value";

    /// <summary>A line of the sale whose quantity is zero or less was left out.</summary>
    public const string InvalidQuantity = "invalid_quantity";

    /// <summary>Content ids that are neither text nor a list of text were left out.</summary>
    public const string InvalidContentIds = "invalid_content_ids";
    public const string UnhashedIdentity = "unhashed_identity";
    public const string PhoneWithoutCountryCode = "phone_without_country_code";

    /// <summary>An external id that contains an e-mail address was hashed.</summary>
    public const string EmailAsExternalId = "email_as_external_id";

    /// <summary>A value, price or quantity that is not a number, or a negative price, was left out.</summary>
    public const string InvalidNumber = "invalid_number";

    /// <summary>
    /// The event has more match keys than <see cref="MatchKeys.MostValues"/>; the rest were left out.
    /// </summary>
    public const string TooManyIdentities = "too_many_identities";

    /// <summary>A time that cannot be read was replaced by the next one in the source's order.</summary>
    public const string InvalidTime = "invalid_time";

    /// <summary>
    /// The event's id is longer than <see cref="EventLimits.MostIdBytes"/>; its SHA-256 is the id.
    /// </summary>
    public const string EventIdTooLong = "event_id_too_long";

    /// <summary>
    /// The connection has used too many different upload tags within the hour; the source's own tag is sent.
    /// </summary>
    public const string UploadTagReplaced = "upload_tag_replaced";

    /// <summary>A match key's place held a text such as <c>null</c>, or the hash of the empty text.</summary>
    public const string Placeholder = "placeholder";

    /// <summary>An advertising id whose use the person or the device forbids was left out.</summary>
    public const string AdvertisingIdNotAllowed = "advertising_id_not_allowed";

    // A match key that cannot be normalised is dropped and the event kept.
    public const string InvalidEmail = "invalid_email";
    public const string InvalidPhone = "invalid_phone";
    public const string InvalidName = "invalid_name";
    public const string InvalidGender = "invalid_gender";
    public const string InvalidBirthdate = "invalid_birthdate";
    public const string InvalidCity = "invalid_city";
    public const string InvalidState = "invalid_state";
    public const string InvalidZip = "invalid_zip";
    public const string InvalidCountry = "invalid_country";
    public const string InvalidMobileAdvertiserId = "invalid_madid";
    public const string InvalidIpAddress = "invalid_ip_address";
    public const string InvalidClickId = "invalid_click_id";
    public const string InvalidBrowserId = "invalid_browser_id";
    public const string InvalidLeadId = "invalid_lead_id";
}

/// <summary>The warning codes of one event, each once, in order of appearance.</summary>
internal sealed class Warnings
{
    // Most events that have a warning have one, so each code has a list of itself. Only codes of this interface are
    // added, and they are few.
    private static readonly ConcurrentDictionary<string, string[]> Alone = new(StringComparer.Ordinal);

    private string[] _codes = [];

    /// <summary>The codes so far.</summary>
    public IReadOnlyList<string> Codes => _codes;

    /// <summary>Adds a code of <see cref="Warning"/>.</summary>
    public void Add(string code)
    {
        if (_codes.Length == 0)
        {
            _codes = Alone.GetOrAdd(code, static only => [only]);
        }
        else if (Array.IndexOf(_codes, code) < 0)
        {
            _codes = [.. _codes, code];
        }
    }

    /// <summary>Adds each code.</summary>
    internal void AddRange(IReadOnlyList<string> codes)
    {
        for (var index = 0; index < codes.Count; index++)
        {
            Add(codes[index]);
        }
    }

    /// <summary>Forgets the codes.</summary>
    internal void Clear() => _codes = [];
}

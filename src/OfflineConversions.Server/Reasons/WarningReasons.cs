using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Reasons;

/// <summary>What was left out of an accepted event or changed in it.</summary>
internal static class WarningReasons
{
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [
        Of(
            Warning.ClockSkew,
            "The event time is in the future. The time of receipt is sent instead.",
            "The clock or the time zone at the source is wrong.",
            "Set the clock at the source, and send times with their time zone."
        ),
        Of(
            Warning.ValueWithoutCurrency,
            "The event has a value without a currency. The value was left out.",
            "The shop has one currency and does not send it.",
            "Send the currency, or set `DefaultCurrency`."
        ),
        Of(
            Warning.UnknownCurrency,
            "ISO 4217 does not list the currency. The value and the currency were left out.",
            "A symbol, a name or a loyalty currency instead of a code.",
            "Send a code of three letters, such as `EUR`."
        ),
        Of(
            Warning.AssumedCurrency,
            "Neither the event nor the connection names a currency, so USD is sent, as the vendor's page says.",
            "The shop has one currency and does not send it.",
            "Set `DefaultCurrency`."
        ),
        Of(
            Warning.NegativeValue,
            "The value is below zero and was left out. A purchase with such a value is rejected.",
            "A return or a correction.",
            "Nothing, if returns should not count at Meta."
        ),
        Of(
            Warning.ContentWithoutId,
            "A product without an id was left out.",
            "Shipping or a discount is sent as a product, or the id has another name.",
            "Send the product's catalogue id in the field that the source's page names."
        ),
        Of(
            Warning.InvalidQuantity,
            "A product whose quantity is zero or less was left out.",
            "A returned or cancelled line of an order.",
            "Leave such lines out at the source."
        ),
        Of(
            Warning.InvalidContentIds,
            "`content_ids`, or an entry of it, is neither text nor a number and was left out.",
            "Products are sent in the place of their ids.",
            "Send a list of ids."
        ),
        Of(
            Warning.PropertyNotSent,
            "A property, custom attribute or root key is neither used nor sent.",
            "A second field for the same thing, a value of the wrong type, or an entry under one of Meta's own names.",
            "Nothing, unless Meta should receive it: then send it in the field that the source's page names."
        ),
        Of(
            Warning.UnknownActionSource,
            "Meta does not have this `action_source`. The connection's is sent instead.",
            "A typing error, or a word of another platform.",
            "Send one of Meta's words, such as `website` or `physical_store`."
        ),
        Of(
            Warning.LooksLikeWeb,
            "The event comes from a browser or an app and is sent as `physical_store`, because the connection does not "
                + "set `ActionSource`.",
            "A connection for web events was set up without `ActionSource`.",
            "Set `ActionSource` to `website`, or to `physical_store` if the sales are from stores all the same."
        ),
        Of(
            Warning.MissingUserAgent,
            "The event is sent as `website` without a user agent, which Meta asks for there.",
            "The event was sent by a server that does not pass the browser's user agent on.",
            "Send the browser's user agent in the event's context."
        ),
        Of(
            Warning.PersonalDataRemoved,
            "Personal data was removed from a field that is sent unhashed.",
            "An e-mail address or a phone number in a property, a page address or an id.",
            "Remove it at the source."
        ),
        Of(
            Warning.TooManyIdentities,
            "The event has more than 100 match keys. Those after the first 100 were left out.",
            "A list that grows with each event, or many persons in one event.",
            "Send the person's current identities only."
        ),
        Of(
            Warning.EventIdTooLong,
            "The event id has more than 256 bytes. Its SHA-256 in hex is the event id.",
            "The id is put together from the event's content.",
            "Nothing, or a shorter id. A browser event with the same id must use the same hash."
        ),
        Of(
            Warning.UploadTagReplaced,
            "The connection has used 32 other upload tags within the hour. The source's own tag is sent.",
            "The tag contains a time, an order number or another value that changes with each event.",
            "Use one tag for each kind of upload."
        ),
        Of(
            Warning.Placeholder,
            "A match key was text such as `null` or `unknown`, or the hash of the empty text, and counts as absent.",
            "A template or an export writes a word where it has no value.",
            "Leave the field out at the source if it has no value."
        ),
        Of(
            Warning.AdvertisingIdNotAllowed,
            "The device or the person forbids the use of the advertising id, and it was left out.",
            "Advertising tracking is limited on the device.",
            "Nothing."
        ),
        Of(
            Warning.UnhashedIdentity,
            "A clear value was left out of a field that must arrive hashed.",
            "The connection expects hashes, and the source sends clear text.",
            "Hash the value at the source, or let the service hash it."
        ),
        Of(
            Warning.PhoneWithoutCountryCode,
            "The number was hashed as it is and will probably match no one.",
            "The number is written as it is dialled within the country.",
            "Set `DefaultCountry`, or send the number with its country code."
        ),
        Of(
            Warning.EmailAsExternalId,
            "The external id is an e-mail address and was hashed.",
            "The shop uses the e-mail address as the customer's number.",
            "Nothing, or send the customer's number."
        ),
        Of(
            Warning.InvalidNumber,
            "A value, price, quantity or other number cannot be read, or a price is below zero. It was left out.",
            "Text around the number, or separators that fit no currency format.",
            "Send a number."
        ),
        Of(
            Warning.InvalidTime,
            "A time cannot be read. The next field in order was used, then the time of receipt.",
            "A format that cannot be read without a guess.",
            "Send ISO 8601 in UTC, or set `DateOrder`."
        ),
        MatchKey(Warning.InvalidEmail, "e-mail address", "Send one address without a name or a comment."),
        MatchKey(Warning.InvalidPhone, "phone number", "Send one number of 7 to 15 digits with its country code."),
        MatchKey(Warning.InvalidName, "first or last name", "Send letters."),
        MatchKey(Warning.InvalidGender, "gender", "Send `m` or `f`."),
        MatchKey(Warning.InvalidBirthdate, "date of birth", "Send a date from 1900 on, such as `1990-12-31`."),
        MatchKey(Warning.InvalidCity, "city", "Send the city's name without digits."),
        MatchKey(Warning.InvalidState, "state", "Send the state's name or its code."),
        MatchKey(Warning.InvalidZip, "postal code", "Send at least two characters."),
        MatchKey(Warning.InvalidCountry, "country", "Send the code of two letters."),
        MatchKey(Warning.InvalidMobileAdvertiserId, "advertising id", "Send the device's GUID."),
        MatchKey(
            Warning.InvalidIpAddress,
            "IP address",
            "Send the customer's public address, not that of a proxy or an internal network."
        ),
        MatchKey(
            Warning.InvalidClickId,
            "click id (`fbc`)",
            "Send the `_fbc` cookie unchanged, at most 90 days after the click."
        ),
        MatchKey(Warning.InvalidBrowserId, "browser id (`fbp`)", "Send the `_fbp` cookie unchanged."),
        MatchKey(Warning.InvalidLeadId, "lead id", "Send the 15 to 17 digits of Meta's lead."),
    ];

    private static ReasonEntry MatchKey(string code, string name, string remedy) =>
        Of(
            code,
            $"The {name} cannot be read, and this match key was left out.",
            "A typing error, a test value, another field's content, or a hash that is not SHA-256.",
            remedy
        );

    private static ReasonEntry Of(string code, string meaning, string cause, string remedy) =>
        new(code, ReasonKind.Warning, meaning, cause, remedy);
}

namespace OfflineConversions.Conversions;

/// <summary>
/// Why an event was ignored or rejected. The codes are part of the interface: they appear in responses, metrics and
/// docs.
/// </summary>
public static class Reason
{
    // Rejected: for Meta, but cannot be sent.
    public const string InsufficientCustomerInformation = "insufficient_customer_information";
    public const string TooOld = "too_old";
    public const string MissingCurrency = "missing_currency";
    public const string MissingValue = "missing_value";

    /// <summary>A purchase whose value is below zero: a return.</summary>
    public const string NegativeValue = "negative_value";

    /// <summary>A purchase with a value that cannot be read.</summary>
    public const string InvalidValue = "invalid_value";
    public const string UnknownCurrency = "unknown_currency";

    /// <summary>Data processing options that Meta would not understand: a privacy choice is never dropped.</summary>
    public const string InvalidDataProcessingOptions = "invalid_data_processing_options";
    public const string MissingEventName = "missing_event_name";

    /// <summary>
    /// The event's name, or its name at Meta, is longer than <see cref="EventLimits.LongestName"/>.
    /// </summary>
    public const string EventNameTooLong = "event_name_too_long";

    /// <summary>The event's name contains an e-mail address, and the event has no other name.</summary>
    public const string PersonalDataInEventName = "personal_data_in_event_name";

    /// <summary>The batch element is not a JSON object.</summary>
    public const string NotAnObject = "not_an_object";

    // Rejected rows of a file, before they are events.

    /// <summary>The row has more or fewer columns than the header.</summary>
    public const string WrongColumnCount = "wrong_column_count";

    /// <summary>The row has bytes that are no text in the encoding of the file.</summary>
    public const string InvalidText = "invalid_text";

    /// <summary>The line is no JSON, or none that the source could have posted.</summary>
    public const string MalformedJson = "malformed_json";

    // Rejected for RudderStack (no event set id), ignored for Segment (mapping is opt-in).
    public const string EventNotMapped = "event_not_mapped";

    // Ignored: not for Meta by design.
    public const string BelowMinimumInformation = "below_minimum_information";
    public const string Duplicate = "duplicate";
    public const string NotForwarded = "not_forwarded";
    public const string NotAFeed = "not_a_feed";
    public const string WrongEnvironment = "wrong_environment";
    public const string UnsupportedType = "unsupported_type";
    public const string DisabledByIntegrations = "disabled_by_integrations";
    public const string NoConsent = "no_consent";

    /// <summary>The person was erased; the person's events are not accepted until the suppression ends.</summary>
    public const string Erased = "erased";
}

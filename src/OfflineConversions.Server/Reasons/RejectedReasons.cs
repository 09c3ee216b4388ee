using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Reasons;

/// <summary>Why an event that is meant for Meta cannot be sent.</summary>
internal static class RejectedReasons
{
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [
        Of(
            Reason.InsufficientCustomerInformation,
            "No usable match key, or only a combination that Meta refuses.",
            "The sale was made without a customer account, or the fields with the customer's data have other names.",
            "Send an e-mail address, a phone number or an external id."
        ),
        Of(
            Reason.TooOld,
            "The event is older than Meta's acceptance window.",
            "A late export, a queue that was blocked for days, or a wrong clock or date order at the source.",
            "Send events within 7 days, or 62 days for `physical_store`."
        ),
        Of(
            Reason.MissingCurrency,
            "A purchase without a currency.",
            "The shop has one currency and does not send it.",
            "Send the currency, or set `DefaultCurrency`."
        ),
        Of(
            Reason.MissingValue,
            "A purchase without a value.",
            "The value has another name at the source, or the event is sent before the total is known.",
            "Send the value in the field that the source's page names."
        ),
        Of(
            Reason.InvalidValue,
            "A purchase with a value that cannot be read.",
            "Text around the number, or separators that fit no currency format.",
            "Send the value as a number."
        ),
        Of(
            Reason.NegativeValue,
            "A purchase with a value below zero.",
            "A return or a correction is sent as a purchase.",
            "Do not send returns as purchases."
        ),
        Of(
            Reason.UnknownCurrency,
            "A purchase in a currency that ISO 4217 does not list.",
            "A symbol, a name or a loyalty currency instead of a code.",
            "Send a code of three letters, such as `EUR`."
        ),
        Of(
            Reason.InvalidDataProcessingOptions,
            "The data processing options are not ones that Meta knows.",
            "A typing error in the options, or options of another platform.",
            "Send `[]` or `[\"LDU\"]` with a country and a state that Meta lists."
        ),
        Of(
            Reason.MissingEventName,
            "The event has no name.",
            "The name is missing, empty or not a text.",
            "Send the name in the source's own field."
        ),
        Of(
            Reason.EventNameTooLong,
            "The event's name, or its name at Meta, has more than 100 characters.",
            "A page title or an address is used as the name.",
            "Use a short, fixed name for each kind of event."
        ),
        Of(
            Reason.PersonalDataInEventName,
            "The event's name contains an e-mail address.",
            "The name is put together from the customer's data.",
            "Use a short, fixed name for each kind of event."
        ),
        Of(
            Reason.NotAnObject,
            "An element of the batch is not a JSON object.",
            "The sender encodes each event as text, or adds empty elements.",
            "Send each event as a JSON object."
        ),
        Of(
            Reason.EventNotMapped,
            "The connection's maps name no event set for this event.",
            "A new or renamed event at the source.",
            "Add the event to `EventsToIds`."
        ),
        Of(
            Reason.WrongColumnCount,
            "A row of a file has more or fewer columns than its header.",
            "A separator or a line break inside a cell without quotation marks, or a file that was cut off.",
            "Export the file with quotation marks around text, or correct the row."
        ),
        Of(
            Reason.InvalidText,
            "A row of a file has bytes that are no text.",
            "The file is in another encoding than `File:Encoding` says, or damaged.",
            "Set `File:Encoding`, or export the file again."
        ),
        Of(
            Reason.MalformedJson,
            "A line of a file is no JSON, or none that the source could have posted.",
            "A file with line breaks inside an event, or one that was cut off.",
            "Write each event into one line."
        ),
    ];

    private static ReasonEntry Of(string code, string meaning, string cause, string remedy) =>
        new(code, ReasonKind.Rejected, meaning, cause, remedy);
}

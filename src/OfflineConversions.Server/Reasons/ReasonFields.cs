using System.Collections.Frozen;
using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Reasons;

/// <summary>
/// The field that a code is about, by its name at Meta; the pages of the sources say where each vendor has it. Codes
/// that concern no single field have none.
/// </summary>
internal static class ReasonFields
{
    private static readonly FrozenDictionary<string, string> Fields = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        [Reason.InsufficientCustomerInformation] = "user_data",
        [Reason.BelowMinimumInformation] = "user_data",
        [Reason.TooOld] = "event_time",
        [Reason.MissingCurrency] = "custom_data.currency",
        [Reason.UnknownCurrency] = "custom_data.currency",
        [Reason.MissingValue] = "custom_data.value",
        [Reason.InvalidValue] = "custom_data.value",
        [Reason.NegativeValue] = "custom_data.value",
        [Reason.MissingEventName] = "event_name",
        [Reason.EventNameTooLong] = "event_name",
        [Reason.EventNotMapped] = "event_name",
        [Reason.PersonalDataInEventName] = "event_name",
        [Reason.InvalidDataProcessingOptions] = "data_processing_options",
        [Reason.UnsupportedType] = "type",
        [Reason.DisabledByIntegrations] = "integrations",
        [Reason.NoConsent] = "user.consent_categories",
        [Reason.WrongEnvironment] = "environment",
        [Reason.Duplicate] = "event_id",
        [Warning.EventIdTooLong] = "event_id",
        [Warning.ClockSkew] = "event_time",
        [Warning.InvalidTime] = "event_time",
        [Warning.UnknownActionSource] = "action_source",
        [Warning.LooksLikeWeb] = "action_source",
        [Warning.UploadTagReplaced] = "upload_tag",
        [Warning.ValueWithoutCurrency] = "custom_data.currency",
        [Warning.AssumedCurrency] = "custom_data.currency",
        [Warning.ContentWithoutId] = "custom_data.contents.id",
        [Warning.InvalidQuantity] = "custom_data.contents.quantity",
        [Warning.InvalidNumber] = "custom_data",
        [Warning.InvalidContentIds] = "custom_data.content_ids",
        [Warning.PropertyNotSent] = "custom_data",
        [Warning.PersonalDataRemoved] = "custom_data",
        [Warning.InvalidEmail] = "user_data.em",
        [Warning.EmailAsExternalId] = "user_data.external_id",
        [Warning.InvalidPhone] = "user_data.ph",
        [Warning.PhoneWithoutCountryCode] = "user_data.ph",
        [Warning.InvalidName] = "user_data.fn",
        [Warning.InvalidCity] = "user_data.ct",
        [Warning.InvalidState] = "user_data.st",
        [Warning.InvalidZip] = "user_data.zp",
        [Warning.InvalidCountry] = "user_data.country",
        [Warning.InvalidGender] = "user_data.ge",
        [Warning.InvalidBirthdate] = "user_data.db",
        [Warning.InvalidMobileAdvertiserId] = "user_data.madid",
        [Warning.AdvertisingIdNotAllowed] = "user_data.madid",
        [Warning.InvalidIpAddress] = "user_data.client_ip_address",
        [Warning.MissingUserAgent] = "user_data.client_user_agent",
        [Warning.InvalidClickId] = "user_data.fbc",
        [Warning.InvalidBrowserId] = "user_data.fbp",
        [Warning.InvalidLeadId] = "user_data.lead_id",
        [Warning.Placeholder] = "user_data",
        [Warning.TooManyIdentities] = "user_data",
        [Warning.UnhashedIdentity] = "user_data",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The field; <see langword="null"/> if the code is about none, or about several.</summary>
    public static string? Of(string? code) => code is null ? null : Fields.GetValueOrDefault(code);
}

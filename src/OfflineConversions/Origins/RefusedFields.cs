using OfflineConversions.Conversions;

namespace OfflineConversions.Origins;

/// <summary>
/// The fields that an event is refused for: a part whose change leads to a reason decides these fields.
/// </summary>
internal static class RefusedFields
{
    /// <summary>Whether the reason is about the field.</summary>
    public static bool IsAbout(string? reason, string path) =>
        reason switch
        {
            Reason.MissingCurrency or Reason.UnknownCurrency => path is "currency" or "custom_data.currency",
            Reason.MissingValue or Reason.InvalidValue or Reason.NegativeValue => path
                is "value"
                    or "custom_data.value",
            Reason.TooOld => path == "event_time",
            Reason.EventNotMapped or Reason.NotForwarded or Reason.MissingEventName => path == "event_name",
            Reason.EventNameTooLong or Reason.PersonalDataInEventName => path == "event_name",
            Reason.InvalidDataProcessingOptions => path.StartsWith("data_processing_options", StringComparison.Ordinal),
            Reason.InsufficientCustomerInformation or Reason.BelowMinimumInformation => path.StartsWith(
                "user_data.",
                StringComparison.Ordinal
            ) || path.StartsWith("match_keys.", StringComparison.Ordinal),
            _ => false,
        };
}

using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Imports;

/// <summary>The column that a rejection is about, in Meta's words: its header in the file may be anything.</summary>
internal static class RejectedColumn
{
    /// <summary>The column of a reason; empty if it is about the row as a whole.</summary>
    public static string Of(string reason) =>
        reason switch
        {
            Reason.TooOld => "event_time",
            Reason.MissingCurrency or Reason.UnknownCurrency => "currency",
            Reason.MissingValue or Reason.NegativeValue or Reason.InvalidValue => "value",
            Reason.MissingEventName or Reason.EventNameTooLong or Reason.PersonalDataInEventName => "event_name",
            Reason.InvalidDataProcessingOptions => "data_processing_options",
            _ => "",
        };
}

using System.Collections.Frozen;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>The field of an event that a subcode of code 100 names, as a path within the event.</summary>
/// <remarks>Sources: as for <see cref="MetaErrorTitles"/>.</remarks>
internal static class MetaErrorFields
{
    private static readonly FrozenDictionary<int, string> Fields = new Dictionary<int, string>
    {
        [2804001] = "user_data.fbc",
        [2804003] = "event_time",
        [2804004] = "event_time",
        [2804008] = "custom_data.contents.id",
        [2804009] = "custom_data.value",
        [2804010] = "custom_data.currency",
        [2804016] = "user_data",
        [2804023] = "custom_data.currency",
        [2804030] = "data_processing_options",
        [2804036] = "user_data.lead_id",
        [2804043] = "app_data.extinfo",
        [2804050] = "user_data",
        [2804063] = "messaging_channel",
        [2804064] = "user_data.fbc",
        [2804066] = "event_name",
        [2804069] = "user_data.page_id",
        [2804071] = "user_data.ctwa_clid",
        [2804072] = "user_data.page_id",
        [2804079] = "user_data.ig_account_id",
        [2804087] = "user_data.ctwa_clid",
        [2804116] = "user_data.page_id",
    }.ToFrozenDictionary();

    /// <summary>The field in an event of the Conversions API; null if the subcode names none.</summary>
    public static string? Find(int? subcode) => subcode is { } known ? Fields.GetValueOrDefault(known) : null;

    /// <summary>The same field in an event of the legacy API, which has its own names for the outer objects.</summary>
    public static string? FindLegacy(int? subcode) =>
        Find(subcode) switch
        {
            { } field when field.StartsWith("custom_data.", StringComparison.Ordinal) => field["custom_data.".Length..],
            { } field when field.StartsWith("user_data", StringComparison.Ordinal) => "match_keys"
                + field["user_data".Length..],
            var field => field,
        };
}

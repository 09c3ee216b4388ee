using System.Collections.Frozen;
using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>Limited Data Use. Source: Meta, "Data Processing Options".</summary>
internal static class LimitedDataUseRules
{
    public static readonly Rule UnknownOption = Rule.General(
        "unknown_data_processing_option",
        "The only data processing option is LDU."
    );
    public static readonly Rule UnknownPlace = Rule.General(
        "unknown_data_processing_place",
        "The country must be 0 or 1 and the state 0 or one of Meta's state codes."
    );

    private static readonly FrozenSet<long> States = FrozenSet.Create(
        0L,
        1000,
        1001,
        1002,
        1003,
        1004,
        1005,
        1006,
        1007,
        1008,
        1009,
        1010,
        1011,
        1012,
        1013
    );

    public static Violation? Check(EventCheck check)
    {
        if (
            check.Event.TryGetProperty("data_processing_options", out var options)
            && options.ValueKind == JsonValueKind.Array
            && options
                .EnumerateArray()
                .Any(option => option.ValueKind != JsonValueKind.String || option.GetString() != "LDU")
        )
        {
            return UnknownOption.At("data_processing_options");
        }

        return check.Has(check.Event, "data_processing_options_country", out var country)
            && country.GetInt64() is not (0 or 1)
                ? UnknownPlace.At("data_processing_options_country")
            : check.Has(check.Event, "data_processing_options_state", out var state)
            && !States.Contains(state.GetInt64())
                ? UnknownPlace.At("data_processing_options_state")
            : null;
    }
}

using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources;

/// <summary>
/// The data processing options of an event. A privacy choice that cannot be passed on as it was meant must not be
/// dropped, so it rejects the event.
/// </summary>
/// <param name="Value">The options; <see langword="null"/> if the event names none.</param>
/// <param name="IsInvalid">Whether Meta would not understand them.</param>
internal readonly record struct DataProcessingOptions(DataProcessing? Value, bool IsInvalid = false)
{
    private static readonly DataProcessingOptions Invalid = new(Value: null, IsInvalid: true);

    /// <summary>Reads them as Segment and RudderStack pass them: <c>[["LDU"], 1, 1000]</c>.</summary>
    public static DataProcessingOptions Read(JsonPart given)
    {
        var value = NestedJson.Of(given);
        return JsonText.IsEmpty(given) ? default
            : value.ValueKind == JsonValueKind.Array ? Read(At(value, 0), At(value, 1), At(value, 2))
            : Invalid;
    }

    /// <summary>Reads them as Meta names them, in three fields.</summary>
    public static DataProcessingOptions Read(JsonPart options, JsonPart country, JsonPart state)
    {
        var list = Options(options);
        return
            list is not null
            && TryRead(country, LimitedDataUse.Country, out var countryCode)
            && TryRead(state, LimitedDataUse.State, out var stateCode)
            ? new DataProcessingOptions(new DataProcessing(list, countryCode, stateCode))
            : Invalid;
    }

    private static List<string>? Options(JsonPart given)
    {
        var value = NestedJson.Of(given);
        var options = new List<string>();
        foreach (var option in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value])
        {
            if (JsonText.IsEmpty(option))
            {
                continue;
            }

            if (
                option.ValueKind != JsonValueKind.String
                || !LimitedDataUse.Option.Equals(JsonText.Of(option), StringComparison.OrdinalIgnoreCase)
            )
            {
                return null;
            }

            if (options.Count == 0)
            {
                options.Add(LimitedDataUse.Option);
            }
        }

        // Text that starts like a list but is none.
        return value.ValueKind == JsonValueKind.Undefined && given.ValueKind == JsonValueKind.String ? null : options;
    }

    private static bool TryRead(JsonPart given, Func<Number?, Number?> known, out Number? code)
    {
        code = known(Number.Read(given));
        return code is not null || JsonText.IsEmpty(given);
    }

    private static JsonPart At(JsonPart value, int position) =>
        position < value.GetArrayLength() ? value[position] : default;
}

using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Sources;

/// <summary>Data processing options as Segment and RudderStack pass them: <c>[["LDU"], 1, 1000]</c>.</summary>
internal static class DataProcessingOptions
{
    /// <summary>Reads them; <see langword="null"/> if the value is not a list.</summary>
    public static DataProcessing? Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            return null;
        }

        return new DataProcessing(JsonText.All(value[0]).ToArray(), At(value, 1), At(value, 2));
    }

    private static Number? At(JsonElement value, int position) =>
        position < value.GetArrayLength() ? Number.Read(value[position]) : null;
}

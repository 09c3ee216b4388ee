using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Mapping;

/// <summary>
/// <c>content_ids</c>, which Meta takes as a list of strings only. Source: Meta, "Custom Data Parameters".
/// </summary>
internal static class ContentIds
{
    /// <summary>The content ids that the event itself names.</summary>
    public static string[] Of(FieldValues fields, Warnings warnings)
    {
        fields.Use(Field.ContentIds);
        return Read(fields.Element(Field.ContentIds), warnings);
    }

    /// <summary>
    /// Reads a list, a string, a number, JSON text or comma-separated text. Anything else is left out with a warning.
    /// </summary>
    public static string[] Read(JsonPart given, Warnings warnings)
    {
        if (JsonText.IsEmpty(given))
        {
            return [];
        }

        var element = NestedJson.Of(given);
        if (element.ValueKind == JsonValueKind.Array)
        {
            return [.. Each(element, warnings)];
        }

        var ids = (JsonText.Key(element) ?? "").Split(
            ',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        if (ids.Length == 0)
        {
            warnings.Add(Warning.InvalidContentIds);
        }

        return ids;
    }

    private static IEnumerable<string> Each(JsonPart list, Warnings warnings)
    {
        foreach (var item in list.EnumerateArray())
        {
            if (JsonText.Key(item) is { } id)
            {
                yield return id;
            }
            else if (!JsonText.IsEmpty(item))
            {
                warnings.Add(Warning.InvalidContentIds);
            }
        }
    }
}

using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.CommandersAct;

/// <summary>Whether the person consented to the category that the connection requires.</summary>
internal static class CommandersActConsent
{
    /// <summary>Ids compare as text; <c>"1,3"</c> is a list. Without a required category there is no check.</summary>
    public static bool Holds(FieldValues fields, string? category)
    {
        if (string.IsNullOrWhiteSpace(category))
        {
            return true;
        }

        // An empty list counts: this person consented to nothing.
        var own = fields.Element(Field.Consent, 0);
        var consent = own.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            ? fields.Element(Field.Consent, 1)
            : own;
        return Consented(consent).Contains(category.Trim(), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Consented(JsonPart consent) =>
        JsonText
            .All(consent)
            .SelectMany(text =>
                text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            );
}

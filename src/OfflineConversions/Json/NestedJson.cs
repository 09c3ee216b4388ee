using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>
/// Lists and objects that arrive as text, because a form field or a tag could hold nothing else: <c>"[{\"id\":1}]"</c>.
/// </summary>
internal static class NestedJson
{
    // Text is not counted by the limits of a body, so what it can become is limited here.
    private const int LongestText = 256 * 1024;

    /// <summary>
    /// The list or object that the text contains; the element itself if it is no such text; undefined if the text
    /// starts like JSON but cannot be read.
    /// </summary>
    public static JsonPart Of(JsonPart element) =>
        element.ValueKind == JsonValueKind.String
        && JsonText.Raw(element).Length <= LongestText
        && JsonText.Of(element) is ['[' or '{', ..] text
            ? Parse(text)
            : element;

    private static JsonPart Parse(string text)
    {
        try
        {
            return JsonTree.Parse(text).Root;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

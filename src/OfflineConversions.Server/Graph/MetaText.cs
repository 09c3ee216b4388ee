namespace OfflineConversions.Server.Graph;

/// <summary>
/// What may be kept of the texts in Meta's answers. They may quote what was sent, so a text is taken as a whole or not at all, and only where it looks
/// like Meta's own words.
/// </summary>
public static class MetaText
{
    private const int LongestTitle = 200;
    private const int MostDigits = 4; // "62 days", but no phone number, address or id
    private const int LongestTraceId = 40;

    /// <summary>An <c>error_user_title</c>, in any language: words, with the punctuation of a sentence and a few digits.</summary>
    public static string? Title(string? text) => text is { Length: > 0 and <= LongestTitle } && text.All(IsOfSentences) && text.Count(char.IsDigit) <= MostDigits ? text : null;

    /// <summary>An <c>fbtrace_id</c>: one word of letters and digits.</summary>
    public static string? TraceId(string? text) => text is { Length: > 0 and <= LongestTraceId } && text.All(IsOfTraceIds) && text.Any(char.IsAsciiLetter) ? text : null;

    // No quotation marks: between them stands what was sent.
    private static bool IsOfSentences(char character) => char.IsLetterOrDigit(character)
        || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
        || " \u00A0.,:;!?¡¿()'’-–—/%。、，！？".Contains(character, StringComparison.Ordinal);

    private static bool IsOfTraceIds(char character) => char.IsAsciiLetterOrDigit(character) || "-_/+=".Contains(character, StringComparison.Ordinal);
}

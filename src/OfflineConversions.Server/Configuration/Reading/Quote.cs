namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>
/// What a message may repeat of a wrong value. A short word helps to find a typing error (<c>Segmnt</c>). A token, a
/// key or an address in the wrong setting must not end up in a log.
/// </summary>
internal static class Quote
{
    private const int LongestValue = 10;
    private const int LongestKey = 64;
    private const int MostDigits = 5;

    /// <summary>The value if it is a short word or a small number, otherwise only that there is one.</summary>
    public static string Value(string text) =>
        text.Length == 0 ? "an empty value"
        : IsPlain(text, LongestValue) ? text
        : "the value";

    /// <summary>The key of a setting or the path of a member if it looks like one, otherwise <c>request</c>.</summary>
    public static string Key(string? key) => key is { Length: > 0 } && IsPlain(key, LongestKey) ? key : "request";

    private static bool IsPlain(string text, int longest) =>
        text.Length <= longest
        && text.All(character =>
            char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or ':' or '$' or '[' or ']'
        )
        && text.Count(char.IsAsciiDigit) <= MostDigits;
}

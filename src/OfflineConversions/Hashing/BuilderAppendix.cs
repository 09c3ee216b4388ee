using System.Buffers;

namespace OfflineConversions.Hashing;

/// <summary>
/// What Meta's parameter builder appends to the values that it handles: one of six tokens in its first version, eight
/// characters since. Source: Meta, "Parameter Builder Library".
/// </summary>
internal static class BuilderAppendix
{
    private static readonly SearchValues<char> Base64Url = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    /// <summary>Whether the text after the last dot of a value is an appendix.</summary>
    public static bool Is(ReadOnlySpan<char> text) =>
        text is "AQ" or "Ag" or "Aw" or "BA" or "BQ" or "Bg"
        || (text.Length == 8 && !text.ContainsAnyExcept(Base64Url));
}

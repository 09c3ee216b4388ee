using System.Globalization;

namespace OfflineConversions.Cli.Output;

/// <summary>
/// Text from elsewhere that is shown on a terminal. The senders of events choose their names, which could hold
/// sequences that clear the screen, change the title or reverse the line.
/// </summary>
internal static class SafeText
{
    /// <summary>Shown in place of an absent value.</summary>
    public const string Nothing = "–";

    private const char Replacement = '�';

    /// <summary>The text on one line, without characters that a terminal obeys.</summary>
    public static string Of(string? text) =>
        string.IsNullOrEmpty(text) ? Nothing
        : text.Any(IsUnsafe) ? string.Concat(text.Select(letter => IsUnsafe(letter) ? Replacement : letter))
        : text;

    private static bool IsUnsafe(char letter) =>
        char.GetUnicodeCategory(letter)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}

using System.Text.RegularExpressions;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// The form of the id of a dataset, pixel or offline event set. The id becomes a segment of a URL path.
/// </summary>
internal static partial class DatasetId
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "letters, digits, _ and - are allowed";

    /// <summary>Whether the text can be an id.</summary>
    public static bool IsValid(string? text) => text is not null && Form().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}

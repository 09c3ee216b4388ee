using System.Globalization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>
/// The bad parameter as Meta's errors name it, for example <c>Param $['data'][0]['custom_data']['value'] must be a
/// number</c>.
/// </summary>
/// <param name="EventIndex">The position of the event in the request.</param>
/// <param name="Field">The path within the event, without positions; null if the whole event is meant.</param>
internal sealed partial record ParameterPath(int EventIndex, string? Field)
{
    private const int LongestField = 128;

    /// <summary>The first path in a text; null if it has none.</summary>
    public static ParameterPath? Find(string? text)
    {
        if (text is null || Path().Match(text) is not { Success: true } path)
        {
            return null;
        }

        var names = path.Groups["name"]
            .Captures.Concat(UnexpectedKey().Match(text).Groups["name"].Captures)
            .Select(name => name.Value)
            .Where(name => !name.All(char.IsAsciiDigit));
        var field = string.Join('.', names);
        return new ParameterPath(
            int.Parse(path.Groups["index"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
            field.Length is 0 or > LongestField ? null : field
        );
    }

    // Names of other characters may quote event data; the path ends before them.
    [GeneratedRegex(
        """
            \bdata['"]?\]?[\[.]['"]?(?<index>[0-9]{1,6})(?![0-9])['"]?\]?
            (\[['"]?(?<name>[A-Za-z0-9_]{1,64})['"]?\]|\.(?<name>[A-Za-z0-9_]{1,64}))*
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Path();

    [GeneratedRegex("""\bkey ['"](?<name>[A-Za-z0-9_]{1,64})['"]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UnexpectedKey();
}

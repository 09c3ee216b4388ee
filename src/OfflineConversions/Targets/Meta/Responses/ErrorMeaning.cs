using System.Text.RegularExpressions;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>
/// What Meta's English <c>message</c> adds to a code that has several meanings. Its other texts are localised.
/// </summary>
internal enum ErrorMeaning
{
    /// <summary>Nothing: the code decides.</summary>
    None,

    /// <summary>Code 100 without a subcode: the token lacks a permission, and no parameter is wrong.</summary>
    MissingPermission,

    /// <summary>The version in the URL has ended.</summary>
    UnsupportedVersion,
}

/// <summary>Reads the meaning of an error.</summary>
internal static partial class ErrorMeanings
{
    private const int InvalidParameter = 100;
    private const int DeprecatedVersion = 2635;

    /// <summary>The meaning of an error.</summary>
    /// <param name="code">Meta's code.</param>
    /// <param name="subcode">Meta's subcode.</param>
    /// <param name="message">Meta's <c>message</c>.</param>
    public static ErrorMeaning Of(int code, int? subcode, string? message) =>
        code == DeprecatedVersion || Version().IsMatch(message ?? string.Empty) ? ErrorMeaning.UnsupportedVersion
        : code == InvalidParameter && subcode is null && IsMissingPermission(message ?? string.Empty)
            ? ErrorMeaning.MissingPermission
        : ErrorMeaning.None;

    /// <summary>Whether the message is about a permission; one that names a parameter is about the parameter.</summary>
    private static bool IsMissingPermission(string message) =>
        Permission().IsMatch(message) && ParameterPath.Find(message) is null;

    [GeneratedRegex(
        @"\bdeprecated (api )?version\b|\bversion\b.{0,60}\b(is|was|has been|have been|are) deprecated\b"
            + @"|\bversion\b.{0,60}\bno longer (available|supported|exists?)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Version();

    [GeneratedRegex(
        @"\b(missing|insufficient|lacks?|without|requires?|needs?|no|not have|not granted|doesn't have|don't have)\b"
            + @".{0,60}\bpermissions?\b|\bpermissions?\b.{0,40}\b(missing|required|denied|error|not granted)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Permission();
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>Recognises hashes and clear-text e-mail addresses.</summary>
internal static partial class Hashes
{
    private const string HashOfEmptyString = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>SHA-256, MD5, or SHA-256 with the suffix of Meta's parameter builder.</summary>
    public static bool IsHash(string value) => Hash().IsMatch(value);

    public static bool IsSha256(string value) => value.Length == 64 && value.All(char.IsAsciiHexDigit);

    public static bool IsHashOfEmptyString(string value) =>
        value.StartsWith(HashOfEmptyString, StringComparison.OrdinalIgnoreCase);

    public static bool IsEmail(string value) => Email().IsMatch(value.Trim());

    /// <summary>
    /// The values of a string or an array of strings, without the empty ones; null for any other type.
    /// </summary>
    public static List<string>? Values(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return [value.GetString()!];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var values = new List<string>(value.GetArrayLength());
        foreach (var element in value.EnumerateArray())
        {
            if (EventCheck.IsEmpty(element))
            {
                continue;
            }

            if (element.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            values.Add(element.GetString()!);
        }

        return values;
    }

    [GeneratedRegex(
        @"^([0-9a-fA-F]{64}(\.([A-Za-z0-9_-]{2}|[A-Za-z0-9_-]{8}))?|[0-9a-fA-F]{32})\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Hash();

    [GeneratedRegex(
        @"^[^@\s]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Email();
}

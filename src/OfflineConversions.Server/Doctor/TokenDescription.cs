using System.Globalization;
using System.Text.Json;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Doctor;

/// <summary>Reads Meta's description of a token leniently. Source: Meta, "Debug Token".</summary>
internal static class TokenDescription
{
    private const int MostTexts = 1000;
    private const int LongestText = 64;
    private const long LastSecond = 253_402_300_799; // 9999-12-31T23:59:59Z

    /// <summary>Meta's description as a finding; null if it is none.</summary>
    public static TokenFinding? Read(JsonElement content)
    {
        if (
            Member(content, "data") is not { ValueKind: JsonValueKind.Object } data
            || Member(data, "is_valid") is not { ValueKind: JsonValueKind.True or JsonValueKind.False } valid
        )
        {
            return null;
        }

        if (valid.ValueKind == JsonValueKind.False)
        {
            return Invalid();
        }

        var end = End(data);
        var granular = Elements(Member(data, "granular_scopes"));
        return new TokenFinding(
            Valid: true,
            end,
            Texts(Elements(Member(data, "scopes"))),
            Texts(granular.SelectMany(one => Elements(Member(one, "target_ids")))),
            TokenSource.DebugToken,
            end is { } day ? $"The token is valid until {Day(day)}." : "The token is valid and has no end."
        );
    }

    /// <summary>A token that Meta does not accept.</summary>
    public static TokenFinding Invalid()
    {
        var entry = ReasonCatalogue.Find(DeliveryReason.TokenInvalid, ReasonKind.Halted)!;
        return new TokenFinding(
            Valid: false,
            ExpiresAt: null,
            [],
            [],
            TokenSource.DebugToken,
            $"{entry.Meaning} {entry.Remedy}"
        );
    }

    /// <summary>A time as texts show it: to the day.</summary>
    public static string Day(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>0 means never.</summary>
    private static DateTimeOffset? End(JsonElement data) =>
        Member(data, "expires_at") is { ValueKind: JsonValueKind.Number } number
        && number.TryGetInt64(out var seconds)
        && seconds is > 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : null;

    private static JsonElement[] Elements(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray()] : [];

    /// <summary>Scopes and ids are words; anything else is left out.</summary>
    private static List<string> Texts(IEnumerable<JsonElement> values) =>
        [
            .. values
                .Where(value => value.ValueKind == JsonValueKind.String)
                .Select(value => value.GetString()!)
                .Where(text =>
                    text.Length is > 0 and <= LongestText
                    && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
                )
                .Distinct(StringComparer.Ordinal)
                .Take(MostTexts),
        ];
}

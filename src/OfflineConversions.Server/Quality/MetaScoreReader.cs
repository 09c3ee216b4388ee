using System.Text.Json;

namespace OfflineConversions.Server.Quality;

/// <summary>
/// Reads Meta's scores leniently: what is missing or of another type is left out. Source: Meta, "Dataset Quality API".
/// </summary>
internal static class MetaScoreReader
{
    /// <summary>What to ask for: exactly what is read.</summary>
    public const string Fields =
        "web{event_name,event_match_quality{composite_score,match_key_feedback{identifier,coverage{percentage}},"
        + "diagnostics{name,solution}}},"
        + "offline{event_name,composite{score,recommendation},match_key{score,recommendation,coverage{email,phone}},"
        + "frequency{score,recommendation},freshness{score,recommendation}}";

    private const int MostRows = 100;
    private const int LongestText = 500;
    private const double Percent = 100;

    private static readonly string[] Parts = ["match_key", "frequency", "freshness"];

    /// <summary>The scores by event name. Meta's response is an empty object while it has none.</summary>
    public static IReadOnlyList<EventScore> Read(JsonElement content) =>
        [.. Elements(content, "web").Select(Web), .. Elements(content, "offline").Select(Offline)];

    private static EventScore Web(JsonElement row)
    {
        var quality = Member(row, "event_match_quality") ?? default;
        var coverage = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var key in Elements(quality, "match_key_feedback"))
        {
            if (Text(key, "identifier") is { } name && Number(Member(key, "coverage"), "percentage") is { } percentage)
            {
                coverage[name] = percentage / Percent;
            }
        }

        return new EventScore(
            "web",
            Text(row, "event_name") ?? "",
            Number(quality, "composite_score"),
            new Dictionary<string, double>(StringComparer.Ordinal),
            coverage,
            [
                .. Elements(quality, "diagnostics")
                    .Select(one => Text(one, "solution") ?? Text(one, "name"))
                    .OfType<string>(),
            ]
        );
    }

    private static EventScore Offline(JsonElement row)
    {
        var parts = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var part in Parts)
        {
            if (Number(Member(row, part), "score") is { } score)
            {
                parts[part] = score;
            }
        }

        // The sample on Meta's page is broken: the coverage is inside the score of the match keys, or beside it.
        var coverage = Member(Member(row, "match_key"), "coverage") ?? Member(row, "coverage");
        return new EventScore(
            "offline",
            Text(row, "event_name") ?? "",
            Number(Member(row, "composite"), "score"),
            parts,
            Shares(coverage),
            [
                .. Parts
                    .Prepend("composite")
                    .Select(part => Text(Member(row, part), "recommendation"))
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal),
            ]
        );
    }

    private static Dictionary<string, double> Shares(JsonElement? coverage)
    {
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var key in (string[])["email", "phone"])
        {
            if (Number(coverage, key) is { } percentage)
            {
                shares[key] = percentage / Percent;
            }
        }

        return shares;
    }

    private static JsonElement? Member(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var member) ? member : null;

    private static IEnumerable<JsonElement> Elements(JsonElement? json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Take(MostRows) : [];

    private static double? Number(JsonElement? json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Number } number
        && number.TryGetDouble(out var value)
        && double.IsFinite(value)
            ? value
            : null;

    private static string? Text(JsonElement? json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value
            ? value[..Math.Min(value.Length, LongestText)]
            : null;
}

using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Sandbox.Received;

namespace OfflineConversions.Sandbox.Quality;

/// <summary>
/// Scores events by the coverage of their match keys, in Meta's form. Without events, the object is empty.
/// </summary>
internal static class EventScores
{
    private const double Best = 10;

    // The keys that Meta names as having the highest weight. Source: Meta, "Best Practices: Conversions API".
    private static readonly string[] WebKeys =
    [
        "em",
        "ph",
        "client_ip_address",
        "client_user_agent",
        "fbp",
        "fbc",
        "fn",
        "ln",
        "external_id",
    ];

    public static JsonObject Of(IReadOnlyList<ReceivedEvent> events)
    {
        var parsed = events.Select(Read).ToLookup(one => one.IsWeb);
        var scores = new JsonObject();
        Add(scores, "web", parsed[true], Web);
        Add(scores, "offline", parsed[false], Offline);
        return scores;
    }

    private static void Add(
        JsonObject scores,
        string name,
        IEnumerable<ScoredEvent> events,
        Func<string, ScoredEvent[], JsonObject> score
    )
    {
        JsonNode[] rows =
        [
            .. events
                .GroupBy(one => one.Name, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => score(group.Key, [.. group])),
        ];
        if (rows.Length > 0)
        {
            scores[name] = new JsonArray(rows);
        }
    }

    private static JsonObject Web(string name, ScoredEvent[] events) =>
        new()
        {
            ["event_name"] = name,
            ["event_match_quality"] = new JsonObject
            {
                ["composite_score"] = Math.Round(WebKeys.Average(key => Share(events, key)) * Best, 1),
                ["match_key_feedback"] = new JsonArray([
                    .. WebKeys
                        .Where(key => Share(events, key) > 0)
                        .Select(key => new JsonObject
                        {
                            ["identifier"] = key,
                            ["coverage"] = new JsonObject { ["percentage"] = Percentage(Share(events, key)) },
                        }),
                ]),
                ["diagnostics"] = new JsonArray(),
            },
            ["event_coverage"] = new JsonObject { ["percentage"] = 0, ["goal_percentage"] = 75 },
            ["data_freshness"] = new JsonObject { ["upload_frequency"] = "real_time" },
        };

    private static JsonObject Offline(string name, ScoredEvent[] events)
    {
        var (email, phone) = (Share(events, "em"), Share(events, "ph"));
        var key = Math.Round((email + phone) / 2 * Best, 1);
        return new()
        {
            ["event_name"] = name,
            ["composite"] = Score(Math.Round((key + Best + Best) / 3, 1)),
            ["match_key"] = new JsonObject
            {
                ["score"] = key,
                ["recommendation"] = "A recommendation of the sandbox.",
                ["coverage"] = new JsonObject { ["email"] = Percentage(email), ["phone"] = Percentage(phone) },
            },
            ["frequency"] = Score(Best),
            ["freshness"] = Score(Best),
        };
    }

    private static JsonObject Score(double score) =>
        new() { ["score"] = score, ["recommendation"] = "A recommendation of the sandbox." };

    private static double Share(ScoredEvent[] events, string key) =>
        (double)events.Count(one => one.Keys.Contains(key)) / events.Length;

    private static double Percentage(double share) => Math.Round(share * 100, 1);

    private static ScoredEvent Read(ReceivedEvent received)
    {
        using var json = JsonDocument.Parse(received.Event.Utf8);
        var root = json.RootElement;
        return new ScoredEvent(
            received.EventName,
            root.TryGetProperty("action_source", out var source)
                && source.ValueKind == JsonValueKind.String
                && source.GetString() == "website",
            root.TryGetProperty("user_data", out var keys) && keys.ValueKind == JsonValueKind.Object
                ? [.. keys.EnumerateObject().Select(key => key.Name)]
                : []
        );
    }

    private sealed record ScoredEvent(string Name, bool IsWeb, HashSet<string> Keys);
}

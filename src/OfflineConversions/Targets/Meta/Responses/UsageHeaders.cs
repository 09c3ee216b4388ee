using System.Text.Json;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>Meta's usage headers. Source: Meta, "Rate Limiting".</summary>
/// <param name="Usage">The highest percentage of a limit that any of them reports.</param>
/// <param name="Wait">The longest wait that any of them asks for; null if none does.</param>
internal readonly record struct UsageHeaders(double Usage, TimeSpan? Wait)
{
    private static readonly string[] Names = ["X-App-Usage", "X-Ad-Account-Usage", "X-Business-Use-Case-Usage"];

    public static UsageHeaders Read(ResponseHeaders headers)
    {
        var found = new UsageHeaders(0, null);
        foreach (var name in Names)
        {
            if (headers.Find(name) is not { } value)
            {
                continue;
            }

            try
            {
                using var json = JsonDocument.Parse(value);
                found = Visit(json.RootElement, found);
            }
            catch (Exception failure) when (failure is JsonException or InvalidOperationException)
            {
                // An unreadable header counts as absent. InvalidOperationException: a name is not valid Unicode.
            }
        }

        return found;
    }

    private static UsageHeaders Visit(JsonElement json, UsageHeaders found)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
            {
                found = Visit(item, found);
            }
        }
        else if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in json.EnumerateObject())
            {
                found = Visit(member, found);
            }
        }

        return found;
    }

    private static UsageHeaders Visit(JsonProperty member, UsageHeaders found) =>
        member.Value.ValueKind != JsonValueKind.Number ? Visit(member.Value, found)
        : member.Name is "call_count" or "total_cputime" or "total_time" or "acc_id_util_pct"
            ? found with
            {
                Usage = Math.Max(found.Usage, member.Value.GetDouble()),
            }
        : member.Name is "estimated_time_to_regain_access"
        && member.Value.TryGetInt32(out var minutes)
        && minutes > (found.Wait?.TotalMinutes ?? 0)
            ? found with
            {
                Wait = TimeSpan.FromMinutes(minutes),
            }
        : found;
}

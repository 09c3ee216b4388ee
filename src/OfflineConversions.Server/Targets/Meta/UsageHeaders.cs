using System.Net.Http.Headers;
using System.Text.Json;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>Meta's usage headers ("Rate limits"): percentages of what is allowed, and when access comes back.</summary>
internal static class UsageHeaders
{
    private static readonly string[] Names = ["X-App-Usage", "X-Ad-Account-Usage", "X-Business-Use-Case-Usage"];

    /// <summary>The highest percentage in any of them and the longest wait they ask for.</summary>
    public static (double Usage, TimeSpan? Wait) Read(HttpResponseHeaders headers)
    {
        var usage = 0d;
        var wait = TimeSpan.Zero;
        foreach (var name in Names)
        {
            if (!headers.TryGetValues(name, out var values))
            {
                continue;
            }

            try
            {
                using var json = JsonDocument.Parse(string.Join(',', values));
                Visit(json.RootElement, ref usage, ref wait);
            }
            catch (Exception failure) when (failure is JsonException or InvalidOperationException) // the latter: a name that is no Unicode
            {
                // A header we cannot read tells nothing.
            }
        }

        return (usage, wait > TimeSpan.Zero ? wait : null);
    }

    private static void Visit(JsonElement json, ref double usage, ref TimeSpan wait)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
            {
                Visit(item, ref usage, ref wait);
            }
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in json.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Number)
            {
                Visit(member.Value, ref usage, ref wait);
            }
            else if (member.Name is "call_count" or "total_cputime" or "total_time" or "acc_id_util_pct")
            {
                usage = Math.Max(usage, member.Value.GetDouble());
            }
            else if (
                member.Name is "estimated_time_to_regain_access"
                && member.Value.TryGetInt32(out var minutes)
                && minutes > wait.TotalMinutes
            )
            {
                wait = TimeSpan.FromMinutes(minutes);
            }
        }
    }
}

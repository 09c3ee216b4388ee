using System.Globalization;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests;

/// <summary>Events that Meta accepts, and ways to change them.</summary>
internal static class Some
{
    public const string Hash = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";

    public static readonly long Moment = RunningSandbox.Now.AddHours(-1).ToUnixTimeSeconds();

    public static JsonObject Purchase(string? changes = null) =>
        Changed(
            $$"""
            {
              "event_name": "Purchase", "event_time": {{Moment}}, "event_id": "order-1",
              "action_source": "physical_store",
              "user_data": { "em": ["{{Hash}}"], "country": "{{Hash}}" },
              "custom_data": {
                "value": 12.5, "currency": "EUR", "contents": [{ "id": "sku-1", "quantity": 1, "item_price": 12.5 }]
              }
            }
            """,
            changes
        );

    public static JsonObject OfflinePurchase(string? changes = null) =>
        Changed(
            $$"""
            {
              "event_name": "Purchase", "event_time": {{Moment}}, "value": 12.5, "currency": "EUR",
              "match_keys": { "email": ["{{Hash}}"], "zip": ["{{Hash}}"], "country": "{{Hash}}" },
              "contents": [{ "id": "sku-1", "quantity": 1, "price": 12.5 }]
            }
            """,
            changes
        );

    /// <summary>
    /// Changes have the form <c>path=json ; path=-</c>: a dash removes the member, <c>#</c> is replaced by a hash, and
    /// <c>now</c> is the sandbox's time.
    /// </summary>
    private static JsonObject Changed(string json, string? changes)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        foreach (var change in (changes ?? "").Split(" ; ", StringSplitOptions.RemoveEmptyEntries))
        {
            var (path, value) = (
                change[..change.IndexOf('=', StringComparison.Ordinal)].Split('.'),
                change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..]
            );
            var parent = path[..^1].Aggregate(root, (node, name) => node[name]!.AsObject());
            if (value == "-")
            {
                parent.Remove(path[^1]).Should().BeTrue("'{0}' must remove a member", change);
            }
            else
            {
                parent[path[^1]] = Value(value);
            }
        }

        return root;
    }

    private static JsonNode? Value(string value)
    {
        if (!value.StartsWith("now", StringComparison.Ordinal))
        {
            return JsonNode.Parse(value.Replace("#", Hash, StringComparison.Ordinal));
        }

        var offset = value.Length == 3 ? TimeSpan.Zero : TimeSpan.Parse(value[4..], CultureInfo.InvariantCulture);
        return RunningSandbox.Now.ToUnixTimeSeconds()
            + (value.Contains('-', StringComparison.Ordinal) ? -1 : 1) * (long)offset.TotalSeconds;
    }
}

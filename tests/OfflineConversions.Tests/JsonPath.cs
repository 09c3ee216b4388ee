using System.Globalization;
using System.Text.Json.Nodes;

namespace OfflineConversions.Tests;

/// <summary>Sets and finds values by dotted path, so that a row of a vendor's table reads like that row.</summary>
internal static class JsonPath
{
    public static string Set(string json, string path, string valueJson)
    {
        var root = JsonNode.Parse(json)!;
        Set(root, path.Split('.'), JsonNode.Parse(valueJson));
        return root.ToJsonString();
    }

    public static JsonNode? Find(JsonNode? node, string path)
    {
        foreach (var name in path.Split('.'))
        {
            node =
                node is JsonArray list && int.TryParse(name, CultureInfo.InvariantCulture, out var position)
                    ? list.ElementAtOrDefault(position)
                    : (node as JsonObject)?[name];
        }

        return node;
    }

    private static void Set(JsonNode node, ReadOnlySpan<string> path, JsonNode? value)
    {
        var name = path[0];
        if (int.TryParse(name, CultureInfo.InvariantCulture, out var position))
        {
            var list = node.AsArray();
            while (list.Count <= position)
            {
                list.Add(path.Length == 1 ? null : New(path[1]));
            }

            if (path.Length == 1)
            {
                list[position] = value;
            }
            else
            {
                Set(list[position]!, path[1..], value);
            }
        }
        else if (path.Length == 1)
        {
            node[name] = value;
        }
        else
        {
            node[name] ??= New(path[1]);
            Set(node[name]!, path[1..], value);
        }
    }

    private static JsonNode New(string next) =>
        int.TryParse(next, CultureInfo.InvariantCulture, out _) ? new JsonArray() : new JsonObject();
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace OfflineConversions.Server.Tests.Ingestion;

internal static class JsonPlaces
{
    /// <summary>The paths of every value below a node.</summary>
    public static IEnumerable<string> Places(this JsonNode node) =>
        node switch
        {
            JsonObject members => members.SelectMany(member =>
                member.Value is null ? [] : Places(member.Value).Prepend(member.Value.GetPath())
            ),
            JsonArray items => items.SelectMany(item => item is null ? [] : Places(item).Prepend(item.GetPath())),
            _ => [],
        };

    /// <summary>A copy as text in which another text replaces one value.</summary>
    public static string Changed(this JsonNode sample, string place, string wrong)
    {
        var copy = sample.DeepClone();
        var all = new Stack<JsonNode>([copy]);
        while (all.TryPop(out var node))
        {
            foreach (
                var child in node switch
                {
                    JsonObject members => members.Select(member => member.Value),
                    JsonArray items => items,
                    _ => [],
                }
            )
            {
                if (child is not null && child.GetPath() == place)
                {
                    child.ReplaceWith("@wrong@");
                    return copy.ToJsonString().Replace("\"@wrong@\"", wrong, StringComparison.Ordinal);
                }

                if (child is not null)
                {
                    all.Push(child);
                }
            }
        }

        throw new InvalidOperationException(place);
    }
}

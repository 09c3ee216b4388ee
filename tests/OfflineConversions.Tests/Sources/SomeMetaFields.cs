using System.Text.Json.Nodes;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>A sale with Meta's own fields in the object for this destination.</summary>
internal static class SomeMetaFields
{
    public static string Place(string source) =>
        source == SourceName.MParticle ? "events.0.data.custom_flags" : "integrations.facebook";

    public static SomeSale Sale(string source, string place, params (string Path, string Json)[] fields) =>
        Sale(source, place, MetaApi.ConversionsApi, fields);

    public static SomeSale Sale(string source, string place, MetaApi api, params (string Path, string Json)[] fields)
    {
        var destination = new JsonObject();
        foreach (var (path, json) in fields)
        {
            if (source == SourceName.MParticle)
            {
                destination["Facebook." + path] = JsonNode.Parse(json);
            }
            else if (path.Split('.') is [var parent, var name])
            {
                destination[parent] ??= new JsonObject();
                destination[parent]![name] = JsonNode.Parse(json);
            }
            else
            {
                destination[path] = JsonNode.Parse(json);
            }
        }

        return SomeSale.Purchase(source, api).Set(place, destination.ToJsonString());
    }
}

using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Origins;

/// <summary>What became of one event, so that two mappings can be compared.</summary>
internal sealed class MappedSnapshot
{
    private MappedSnapshot(EventResult result) =>
        (Outcome, Reason, Warnings) = (result.Outcome, result.Reason, result.Warnings);

    public Outcome Outcome { get; }

    public string? Reason { get; }

    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The fields of Meta's JSON by path. A list of texts is one field, as Meta sees it.</summary>
    public OrderedDictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public static MappedSnapshot Of(EventResult result)
    {
        var snapshot = new MappedSnapshot(result);
        foreach (var delivery in result.Deliveries)
        {
            using var payload = JsonTree.Parse(delivery.Payload, JsonLimits.MaxDepth + 10);
            snapshot.Add(payload.Root, "");
        }

        return snapshot;
    }

    /// <summary>Whether nothing distinguishes it from another one.</summary>
    public bool IsLike(MappedSnapshot other) =>
        (Outcome, Reason) == (other.Outcome, other.Reason) && Fields.SequenceEqual(other.Fields);

    private void Add(JsonPart value, string path)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                Add(member.Value, FieldPath.Join(path, JsonText.NameOf(member) ?? "?"));
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(HasParts))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Add(item, FieldPath.Join(path, index));
            }
        }
        else
        {
            var text = value.GetRawText();
            Fields[path] = Fields.TryGetValue(path, out var known) && known != text ? $"{known}, {text}" : text;
        }
    }

    private static bool HasParts(JsonPart value) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
}

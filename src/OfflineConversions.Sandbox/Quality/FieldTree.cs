using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Quality;

/// <summary>
/// The parameter <c>fields</c> of a reading call, such as <c>web{event_name,acr{percentage}}</c>. A field without
/// braces is shown whole. Source: Meta, "Field Expansion".
/// </summary>
internal sealed class FieldTree
{
    private readonly Dictionary<string, FieldTree> _fields = new(StringComparer.Ordinal);

    /// <summary>Parses fields; null if the braces do not match.</summary>
    public static FieldTree? Parse(string text)
    {
        var root = new FieldTree();
        var open = new Stack<FieldTree>([root]);
        FieldTree? last = null;
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is not (',' or '{' or '}'))
            {
                continue;
            }

            if (text[start..i].Trim() is { Length: > 0 } name)
            {
                open.Peek()._fields[name] = last = new FieldTree();
            }

            start = i + 1;
            if (i == text.Length)
            {
                break;
            }

            if (text[i] == '{' && last is not null)
            {
                open.Push(last);
            }
            else if (text[i] == '{' || (text[i] == '}' && open.Count == 1))
            {
                return null;
            }
            else if (text[i] == '}')
            {
                open.Pop();
            }
        }

        return open.Count == 1 ? root : null;
    }

    /// <summary>The first field that a list of known fields does not have; null if it has all.</summary>
    public string? Unknown(FieldTree known) =>
        _fields
            .Select(field =>
                known._fields.TryGetValue(field.Key, out var inner) ? field.Value.Unknown(inner) : field.Key
            )
            .FirstOrDefault(name => name is not null);

    /// <summary>A copy of an object with only these fields.</summary>
    public JsonObject Select(JsonObject all) =>
        new(
            all.Where(member => _fields.ContainsKey(member.Key))
                .Select(member => KeyValuePair.Create(member.Key, Select(_fields[member.Key], member.Value)))
        );

    private static JsonNode? Select(FieldTree fields, JsonNode? value) =>
        fields._fields.Count == 0
            ? value?.DeepClone()
            : value switch
            {
                JsonObject inner => fields.Select(inner),
                JsonArray list => new JsonArray([.. list.Select(element => Select(fields, element))]),
                _ => value?.DeepClone(),
            };
}

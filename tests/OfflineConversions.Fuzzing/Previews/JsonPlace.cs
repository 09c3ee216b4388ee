using System.Text;
using System.Text.Json;

namespace OfflineConversions.Fuzzing.Previews;

/// <summary>The position of one value in a JSON text. An element of a list has the name of its list.</summary>
/// <param name="Start">Where the value begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="NameStart">Where its name begins, or -1 for the root and for elements of lists.</param>
/// <param name="Name">Its name in quotes, as it is written.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct JsonPlace(int Start, int End, int NameStart, string Name, JsonTokenType Kind)
{
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>Whether it contains other values.</summary>
    public bool IsContainer => Kind is JsonTokenType.StartObject or JsonTokenType.StartArray;

    /// <summary>Every value of a valid text, the root included; a container follows its contents.</summary>
    public static List<JsonPlace> All(ReadOnlySpan<byte> json)
    {
        var (places, open, name, nameStart) = (new List<JsonPlace>(), new Stack<JsonPlace>(), "", -1);
        var reader = new Utf8JsonReader(json, Deep);
        while (reader.Read())
        {
            var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                (nameStart, name) = (start, $"\"{Encoding.UTF8.GetString(reader.ValueSpan)}\"");
                continue;
            }

            var called = nameStart < 0 && open.TryPeek(out var list) ? list.Name : name;
            var place = new JsonPlace(start, end, nameStart, called, reader.TokenType);
            (name, nameStart) = ("", -1);
            if (place.IsContainer)
            {
                open.Push(place);
            }
            else if (place.Kind is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                places.Add(open.Pop() with { End = end });
            }
            else
            {
                places.Add(place);
            }
        }

        return places;
    }
}

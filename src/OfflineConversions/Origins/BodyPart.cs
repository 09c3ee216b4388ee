using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Origins;

/// <summary>A text, number or boolean of a body, which can be exchanged for another one.</summary>
/// <param name="Path">The names and list positions that lead to it, joined by dots.</param>
/// <param name="Start">Where it is in the body.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Other">Another value of the same kind, as like it as possible.</param>
internal sealed record BodyPart(string Path, int Start, int Length, byte[] Other)
{
    private static readonly SearchValues<char> Letters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );

    private static readonly byte[] Null = "null"u8.ToArray();

    /// <summary>The parts of a body that count as present, in order; null if there are more than allowed.</summary>
    public static List<BodyPart>? In(JsonPart body, int most)
    {
        var parts = new List<BodyPart>();
        Add(parts, body, "", most);
        return parts.Count > most ? null : parts;
    }

    /// <summary>The body with another value in the place of this one.</summary>
    public byte[] Exchange(byte[] body) => [.. body[..Start], .. Other, .. body[(Start + Length)..]];

    /// <summary>The body without the values of some parts.</summary>
    /// <param name="body">The body.</param>
    /// <param name="parts">The parts, in the order of the body.</param>
    public static byte[] Remove(byte[] body, IEnumerable<BodyPart> parts)
    {
        using var rest = new MemoryStream(body.Length);
        var from = 0;
        foreach (var part in parts)
        {
            rest.Write(body, from, part.Start - from);
            rest.Write(Null);
            from = part.Start + part.Length;
        }

        rest.Write(body, from, body.Length - from);
        return rest.ToArray();
    }

    private static void Add(List<BodyPart> parts, JsonPart value, string path, int most)
    {
        if (parts.Count > most || JsonText.IsEmpty(value))
        {
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (JsonText.NameOf(member) is { } name)
                    {
                        Add(parts, member.Value, FieldPath.Join(path, name), most);
                    }
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Add(parts, item, FieldPath.Join(path, index), most);
                }

                break;
            default:
                if (OtherOf(value) is { } other)
                {
                    var row = value.Tree.Rows[value.Index];
                    var quote = value.ValueKind == JsonValueKind.String ? 1 : 0;
                    parts.Add(new BodyPart(path, row.Start - quote, row.Length + (2 * quote), other));
                }

                break;
        }
    }

    private static byte[]? OtherOf(JsonPart value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => "false"u8.ToArray(),
            JsonValueKind.False => "true"u8.ToArray(),
            JsonValueKind.Number => Encoding.UTF8.GetBytes(Changed(value.GetRawText())),
            JsonValueKind.String when JsonText.Decode(value) is { } text => Quoted(Changed(text)),
            _ => null,
        };

    private static byte[] Quoted(string text) =>
        [
            (byte)'"',
            .. JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes,
            (byte)'"',
        ];

    /// <summary>
    /// The text with its last digit changed, or else its last letter, so that it stays what it is: an address, a time,
    /// a number, a hash.
    /// </summary>
    private static string Changed(string text)
    {
        var at = text.AsSpan().LastIndexOfAnyInRange('0', '9');
        at = at >= 0 ? at : text.AsSpan().LastIndexOfAny(Letters);
        return at < 0 ? text + "x" : string.Concat(text.AsSpan(0, at), [Next(text[at])], text.AsSpan(at + 1));
    }

    // Never to zero, which can mean that there is nothing; and a digit of a hash stays one.
    private static char Next(char character) =>
        (char)(character is '9' or 'f' or 'F' or 'z' or 'Z' ? character - 1 : character + 1);
}

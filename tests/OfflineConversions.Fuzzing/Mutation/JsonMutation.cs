using System.Text.Json;

namespace OfflineConversions.Fuzzing.Mutation;

/// <summary>
/// Changes that know JSON: values and members are replaced, exchanged, repeated, nested, renamed or left out. The text
/// around them stays as it is.
/// </summary>
internal static class JsonMutation
{
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>One to four changes; now and then the bytes are changed too, or instead.</summary>
    public static byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        for (var changes = random.Next(10) == 0 ? 0 : random.Next(1, 5); changes > 0; changes--)
        {
            var places = Places(input);
            if (places.Count == 0)
            {
                break;
            }

            input = Change(input, places, others, random);
        }

        return random.Next(5) == 0 || input.Length > 64 * 1024 ? ByteMutation.Mutate(input, others, random) : input;
    }

    private static byte[] Change(byte[] input, List<Place> places, IReadOnlyList<byte[]> others, Random random)
    {
        var place = places[random.Next(places.Count)];
        return random.Next(12) switch
        {
            0 or 1 or 2 => ByteMutation.Replaced(
                input,
                place.Start,
                place.Length,
                OddPieces.Values[random.Next(OddPieces.Values.Length)]
            ),
            3 => ByteMutation.Replaced(input, place.Start, place.Length, Value(input, places, random)),
            4 or 5 => ByteMutation.Replaced(input, place.Start, place.Length, Foreign(others, random)),
            6 => LeftOut(input, place),
            7 => Repeated(input, place, times: 1),
            8 => Repeated(input, place, times: random.Next(8) == 0 ? random.Next(1, 100) : 3),
            9 => Nested(input, place, random.Next(16) == 0 ? random.Next(1, 250) : 1, random.Next(2) == 0),
            10 when place.Name >= 0 => Renamed(input, place, places[random.Next(places.Count)]),
            _ => Within(input, place, random),
        };
    }

    private static ReadOnlySpan<byte> Value(byte[] json, List<Place> places, Random random)
    {
        var place = places[random.Next(places.Count)];
        return json.AsSpan(place.Start, place.Length);
    }

    private static ReadOnlySpan<byte> Foreign(IReadOnlyList<byte[]> others, Random random)
    {
        var other = others[random.Next(others.Count)];
        return Places(other) is { Count: > 0 } places ? Value(other, places, random) : "null"u8;
    }

    private static byte[] LeftOut(byte[] input, Place place)
    {
        var (start, end) = (place.Name >= 0 ? place.Name : place.Start, place.Start + place.Length);
        var comma = end < input.Length && input[end] == ',' ? 1 : 0;
        return ByteMutation.Replaced(input, start, end + comma - start, []);
    }

    private static byte[] Repeated(byte[] input, Place place, int times)
    {
        var (start, end) = (place.Name >= 0 ? place.Name : place.Start, place.Start + place.Length);
        byte[] again = [(byte)',', .. input.AsSpan(start, end - start)];
        times = Math.Min(times, 1 + (16 * 1024 / again.Length));
        return ByteMutation.Replaced(input, end, 0, Enumerable.Repeat(again, times).SelectMany(copy => copy).ToArray());
    }

    private static byte[] Nested(byte[] input, Place place, int times, bool inObjects)
    {
        var (open, close) = inObjects
            ? ("{\"batch\":"u8.ToArray(), "}"u8.ToArray())
            : ("["u8.ToArray(), "]"u8.ToArray());
        byte[] nested =
        [
            .. Enumerable.Repeat(open, times).SelectMany(copy => copy),
            .. input.AsSpan(place.Start, place.Length),
            .. Enumerable.Repeat(close, times).SelectMany(copy => copy),
        ];
        return ByteMutation.Replaced(input, place.Start, place.Length, nested);
    }

    private static byte[] Renamed(byte[] input, Place place, Place other) =>
        other.Name < 0
            ? ByteMutation.Replaced(input, place.Name + 1, 1, "\\u0065"u8)
            : ByteMutation.Replaced(input, place.Name, place.NameLength, input.AsSpan(other.Name, other.NameLength));

    private static byte[] Within(byte[] input, Place place, Random random)
    {
        var (at, length) = ByteMutation.Piece(place.Length, random);
        return ByteMutation.Replaced(
            input,
            place.Start + at,
            length,
            OddPieces.Pieces[random.Next(OddPieces.Pieces.Length)]
        );
    }

    /// <summary>The positions of the values, up to the first text that is not JSON.</summary>
    private static List<Place> Places(ReadOnlySpan<byte> json)
    {
        var (places, open, name) = (new List<Place>(), new Stack<Place>(), (At: -1, Length: 0));
        try
        {
            var reader = new Utf8JsonReader(json, Deep);
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                var end = (int)reader.BytesConsumed;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = (start, reader.ValueSpan.Length + 2);
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push(new Place(start, 0, name.At, name.Length));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        var opened = open.Pop();
                        places.Add(opened with { Length = end - opened.Start });
                        break;
                    default:
                        places.Add(new Place(start, end - start, name.At, name.Length));
                        break;
                }

                name = (-1, 0);
            }
        }
        catch (JsonException)
        {
            // What was found so far will do.
        }

        return places;
    }

    private readonly record struct Place(int Start, int Length, int Name, int NameLength);
}

using System.Text.Json;
using System.Text.Json.Serialization;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// The person to erase. Each name accepts one text or a list of texts, clear or hashed. Clear text must not leave this
/// type: it appears in no log and no response, not even in the response to an invalid request.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ErasureRequest
{
    private const int MostValues = 100;
    private const int LongestValue = 1024;
    private const string Shape =
        "must be a JSON object with email, phone or externalId, each a text or a list of texts";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new OneOrMany() },
    };

    /// <summary>E-mail addresses.</summary>
    public IReadOnlyList<string>? Email { get; init; }

    /// <summary>Phone numbers.</summary>
    public IReadOnlyList<string>? Phone { get; init; }

    /// <summary>External ids.</summary>
    public IReadOnlyList<string>? ExternalId { get; init; }

    /// <summary>Reads a request, or returns what is wrong with it without quoting it.</summary>
    public static (ErasureRequest? Request, string Problem) Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var request = JsonSerializer.Deserialize<ErasureRequest>(json, Options);
            return request is null ? (null, Shape) : (request, string.Empty);
        }
        catch (JsonException)
        {
            return (null, Shape);
        }
    }

    /// <summary>The traces of the person, or the name of an invalid value with what is wrong.</summary>
    /// <param name="countries">The <c>DefaultCountry</c> of the connections.</param>
    public (IReadOnlySet<PersonTrace> Traces, (string Key, string Message)? Problem) Traces(
        IReadOnlyCollection<string?> countries
    )
    {
        var traces = new HashSet<PersonTrace>();
        (MatchKey Key, string Name, IReadOnlyList<string>? Values)[] given =
        [
            (MatchKey.Email, "email", Email),
            (MatchKey.Phone, "phone", Phone),
            (MatchKey.ExternalId, "externalId", ExternalId),
        ];
        if (given.Sum(each => each.Values?.Count ?? 0) is 0 or > MostValues)
        {
            return (traces, ("request", $"{Shape}; 1 to {MostValues} in all"));
        }

        foreach (var (key, name, values) in given)
        {
            for (var i = 0; i < values?.Count; i++)
            {
                var keys = new MatchKeys();
                keys.Add(key, values[i].Length > LongestValue ? null : values[i]);
                var found = PersonTraceFinder.Of(keys, countries);
                if (found.Count == 0)
                {
                    return (traces, (name, $"number {i + 1} is nothing that an event could hold"));
                }

                traces.UnionWith(found);
            }
        }

        return (traces, null);
    }

    private sealed class OneOrMany : JsonConverter<IReadOnlyList<string>>
    {
        public override IReadOnlyList<string> Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        )
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return [reader.GetString()!];
            }

            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new JsonException();
            }

            var values = new List<string>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                values.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException());
            }

            return values;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}

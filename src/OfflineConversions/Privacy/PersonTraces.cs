using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Privacy;

/// <summary>
/// Whose event a payload is: the traces of a person as told, and those in a finished payload of either shape.
/// </summary>
public static class PersonTraces
{
    private static readonly bool[] HashedOrNot = [false, true];

    /// <summary>
    /// Every trace that a person may have left, by e-mail address, phone number or external id, clear or hashed
    /// (SHA-256, MD5). The keys are normalised and hashed as events are, with every country a connection may complete
    /// numbers with. Empty where nothing of it is usable.
    /// </summary>
    /// <param name="keys">
    /// What the person is known by: <see cref="MatchKey.Email"/>, <see cref="MatchKey.Phone"/>, <see
    /// cref="MatchKey.ExternalId"/>.
    /// </param>
    /// <param name="countries">The <c>DefaultCountry</c> of the connections. None is tried as well.</param>
    public static IReadOnlySet<PersonTrace> Of(MatchKeys keys, IEnumerable<string?> countries)
    {
        var traces = new HashSet<PersonTrace>();
        foreach (var country in countries.Append(null).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            foreach (var hashExternalId in HashedOrNot)
            {
                // The date of birth is the only key that looks at the calendar and at the order of its parts.
                var hasher = new KeyHasher(
                    MetaApi.ConversionsApi,
                    country,
                    DateOrder.MonthFirst,
                    hashExternalId,
                    requireHashed: false
                );
                foreach (var (key, value) in hasher.Hash(keys, DateOnly.MaxValue, new Warnings()).Values)
                {
                    Add(traces, key, value);
                }
            }

            foreach (var (key, value) in keys.Values)
            {
                if (Md5(key, value, country) is { } hash)
                {
                    Add(traces, key, hash);
                }
            }
        }

        return traces;
    }

    /// <summary>Whether the payload holds a trace that meets the condition. What is no payload holds none.</summary>
    public static bool Any(ReadOnlySpan<byte> payload, Func<PersonTrace, bool> condition)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, JsonLimits.Reader);
            return FindKeys(ref reader) && AnyOfKeys(ref reader, condition);
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The event's name and id, where the shape writes one: the legacy shape has no id.</summary>
    public static (string? Name, string? Id) EventOf(ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload, JsonLimits.Document);
        return (Text(document.RootElement, "event_name"), Text(document.RootElement, "event_id"));
    }

    // An e-mail address may have been given as external id, which is hashed then; and a hashed customer id may stand
    // where e-mail hashes do: mParticle lets a shop choose which identity is sent as "em".
    private static void Add(HashSet<PersonTrace> traces, MatchKey key, string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        traces.Add(PersonTrace.Of(key, utf8));
        if (AlreadyHashed.Find(value) is not null && key is MatchKey.Email or MatchKey.ExternalId)
        {
            traces.Add(PersonTrace.Of(key == MatchKey.Email ? MatchKey.ExternalId : MatchKey.Email, utf8));
        }
    }

    private static string? Md5(MatchKey key, string value, string? country)
    {
        var clear = AlreadyHashed.Find(value) is not null
            ? null
            : key switch
            {
                MatchKey.Email => Normalize.Email(value),
                MatchKey.Phone => Normalize.Phone(value, country, out _),
                _ => null,
            };
#pragma warning disable CA5351 // Shops may send MD5 hashes, and they are passed on: to find one again it has to be made.
        return clear is null ? null : Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(clear)));
#pragma warning restore CA5351
    }

    /// <summary>Stands before the object with the match keys.</summary>
    private static bool FindKeys(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("user_data"u8) || reader.ValueTextEquals("match_keys"u8);
            if (!reader.Read() || found)
            {
                return found && reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool AnyOfKeys(ref Utf8JsonReader reader, Func<PersonTrace, bool> condition)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = KeyOf(ref reader);
            reader.Read();
            if (key is null)
            {
                reader.Skip();
                continue;
            }

            var list = reader.TokenType == JsonTokenType.StartArray;
            while (list && reader.Read() && reader.TokenType != JsonTokenType.EndArray || !list)
            {
                if (reader.TokenType == JsonTokenType.String && condition(PersonTrace.Of(key.Value, Value(ref reader))))
                {
                    return true;
                }

                reader.Skip();
                if (!list)
                {
                    break;
                }
            }
        }

        return false;
    }

    private static MatchKey? KeyOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("em"u8) || reader.ValueTextEquals("email"u8) ? MatchKey.Email
        : reader.ValueTextEquals("ph"u8) || reader.ValueTextEquals("phone"u8) ? MatchKey.Phone
        : reader.ValueTextEquals("external_id"u8) || reader.ValueTextEquals("extern_id"u8) ? MatchKey.ExternalId
        : null;

    private static ReadOnlySpan<byte> Value(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;

    private static string? Text(JsonElement payload, string name) =>
        JsonText.Member(payload, name) is { ValueKind: JsonValueKind.String } value ? JsonText.Decode(value) : null;
}

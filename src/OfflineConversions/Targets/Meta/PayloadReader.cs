using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Targets.Meta;

/// <summary>Reads back from a finished payload of either shape which event it is and whom it is about.</summary>
internal static class PayloadReader
{
    /// <summary>
    /// Whether any match key of the payload leaves a trace that satisfies the condition. Bytes that are not a payload
    /// have no traces.
    /// </summary>
    public static bool HasTrace(ReadOnlySpan<byte> payload, Func<PersonTrace, bool> condition)
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

    /// <summary>The event's name and id. The offline-events shape writes no id.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static PayloadEvent EventOf(ReadOnlyMemory<byte> payload)
    {
        using var tree = JsonTree.Parse(payload);
        return new PayloadEvent(Text(tree.Root, "event_name"), Text(tree.Root, "event_id"));
    }

    /// <summary>Moves to the object with the match keys.</summary>
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

    private static string? Text(JsonPart payload, string name) =>
        JsonText.Member(payload, name) is { ValueKind: JsonValueKind.String } value ? JsonText.Decode(value) : null;
}

/// <summary>The identity of an event in a finished payload.</summary>
/// <param name="Name">Its name, if the payload has one.</param>
/// <param name="Id">Its id, if the payload has one.</param>
internal readonly record struct PayloadEvent(string? Name, string? Id);

using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// The arrivals of events that were found without what the journal said about them: only their payloads are left.
/// </summary>
internal static class RecoveredArrivals
{
    /// <summary>Stands for the source, which a payload does not name.</summary>
    private const string Source = "recovered";

    /// <summary>The arrivals of stored events.</summary>
    public static Arrivals Of(Destination destination, IReadOnlyList<StoredEvent> events) =>
        new(destination.Connection, Source, [.. events.Select(stored => Of(destination, stored))]);

    private static EventResult Of(Destination destination, StoredEvent stored)
    {
        var (id, name) = (Read(stored, "event_id"u8), Read(stored, "event_name"u8));
        var delivery = new EventDelivery(
            destination.DatasetId,
            destination.UploadTag,
            name ?? string.Empty,
            id ?? string.Empty,
            stored.ExpiresAt,
            stored.Payload
        );
        return new EventResult(Outcome.Accepted, Reason: null, [], [delivery], id)
        {
            EventName = EventNames.Guarded(name),
        };
    }

    /// <summary>A text at the top of a payload.</summary>
    private static string? Read(StoredEvent stored, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(stored.Payload.Span, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                {
                    var isWanted = reader.ValueTextEquals(name);
                    reader.Read();
                    if (isWanted)
                    {
                        return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                    }

                    reader.Skip();
                }
            }
        }
        catch (JsonException)
        {
            // Its checksum is right, so another program wrote it.
        }

        return null;
    }
}

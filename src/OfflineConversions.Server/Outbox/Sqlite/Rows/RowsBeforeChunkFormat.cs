using System.Buffers.Binary;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Rows;

/// <summary>
/// Rows that a release before <see cref="ChunkFormat"/> wrote (schema 5 and older). They hold the payloads one after
/// the other, where each ends, and one expiry for all of them: that of the first event to expire. What a chunk says
/// today about each of its events is read from its payload here, and nowhere else. The first settlement of such a row
/// writes it in today's form.
/// </summary>
internal static class RowsBeforeChunkFormat
{
    // What those releases configured by default, and Meta's limits: seven days, 62 for action_source physical_store.
    // Source: Meta, "Using the API" and "Offline events".
    private static readonly TimeSpan Window = TimeSpan.FromDays(7);
    private static readonly TimeSpan PhysicalStoreWindow = TimeSpan.FromDays(62);

    /// <summary>Reads a chunk. If some of its events are damaged, the others are known to be intact.</summary>
    /// <param name="payload">The payloads.</param>
    /// <param name="ends">Where each ends: int32, little-endian.</param>
    /// <param name="expiresAt">When the first of its events to expire expires.</param>
    /// <param name="dataset">Where it goes: part of the deduplication keys.</param>
    public static ChunkContent ReadChunk(byte[] payload, byte[] ends, DateTimeOffset expiresAt, string dataset) =>
        Cut(payload, ends) is not { } payloads ? ChunkContent.Unreadable(ChunkDamage.Malformed)
        : Array.TrueForAll(payloads, IsIntact) ? new ChunkContent(Complete(payloads, expiresAt, dataset))
        : ChunkContent.Unreadable(
            ChunkDamage.Malformed,
            Complete(Array.FindAll(payloads, IsIntact), expiresAt, dataset)
        );

    /// <summary>Reads a failed event.</summary>
    public static ChunkContent ReadFailed(byte[] payload, DateTimeOffset expiresAt, string dataset) =>
        IsIntact(payload)
            ? new(Complete([payload], expiresAt, dataset))
            : ChunkContent.Unreadable(ChunkDamage.Malformed);

    /// <summary>Splits a payload where its events end; <see langword="null"/> if the ends make no sense.</summary>
    public static ReadOnlyMemory<byte>[]? Cut(byte[] payload, byte[] ends)
    {
        var events = new ReadOnlyMemory<byte>[ends.Length / sizeof(int)];
        var start = 0;
        for (var index = 0; index < events.Length; index++)
        {
            var end = BinaryPrimitives.ReadInt32LittleEndian(ends.AsSpan(index * sizeof(int)));
            if (end <= start || end > payload.Length)
            {
                return null;
            }

            events[index] = payload.AsMemory(start, end - start);
            start = end;
        }

        return events.Length > 0 && start == payload.Length ? events : null;
    }

    /// <summary>
    /// No event expires before the row's own time, so a window is at least as long as the span from the earliest event
    /// of its kind to that time: a connection may have been configured with a longer one than Meta's.
    /// </summary>
    private static StoredEvent[] Complete(ReadOnlyMemory<byte>[] payloads, DateTimeOffset expiresAt, string dataset)
    {
        var times = Array.ConvertAll(payloads, ReadTime);
        var (window, storeWindow) = (Window, PhysicalStoreWindow);
        foreach (var time in times.OfType<EventTime>())
        {
            window = !time.IsPhysicalStore && expiresAt - time.At > window ? expiresAt - time.At : window;
            storeWindow = time.IsPhysicalStore && expiresAt - time.At > storeWindow ? expiresAt - time.At : storeWindow;
        }

        return
        [
            .. payloads.Select(
                (payload, index) =>
                    new StoredEvent(
                        payload,
                        Later(expiresAt, times[index], times[index]?.IsPhysicalStore == true ? storeWindow : window),
                        ReadKey(payload, dataset)
                    )
            ),
        ];
    }

    private static DateTimeOffset Later(DateTimeOffset expiresAt, EventTime? time, TimeSpan window) =>
        time is { } known && window < DateTimeOffset.MaxValue - known.At && known.At + window > expiresAt
            ? known.At + window
            : expiresAt;

    /// <summary>
    /// These rows have no checksum, but what is sent must at least be valid JSON with text that is Unicode. A reader
    /// does not look at text before it is asked for.
    /// </summary>
    private static bool IsIntact(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload.Span, JsonLimits.Reader);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static EventTime? ReadTime(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload, JsonLimits.Document);
            if (!json.RootElement.TryGetProperty("event_time", out var time) || !time.TryGetInt64(out var seconds))
            {
                return null;
            }

            var isPhysicalStore =
                json.RootElement.TryGetProperty("action_source", out var source)
                && source.ValueEquals(ActionSource.PhysicalStore);
            return new EventTime(DateTimeOffset.FromUnixTimeSeconds(seconds), isPhysicalStore);
        }
        catch (Exception failure)
            when (failure is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The key, made as those releases made it. A payload in the legacy shape has no event id.</summary>
    private static DeduplicationKey ReadKey(ReadOnlyMemory<byte> payload, string dataset)
    {
        try
        {
            return PayloadReader.EventOf(payload) is ({ } name, { } id)
                ? DeduplicationKey.OfEveryConnection(dataset, name, id)
                : DeduplicationKey.None;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return DeduplicationKey.None;
        }
    }

    private readonly record struct EventTime(DateTimeOffset At, bool IsPhysicalStore);
}

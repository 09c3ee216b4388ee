using System.Text.Json;
using System.Text.Json.Serialization;
using OfflineConversions.Sandbox.Rules;

namespace OfflineConversions.Sandbox.Received;

/// <summary>An event that the sandbox has accepted.</summary>
internal sealed record ReceivedEvent
{
    /// <summary>A number that counts up from 1; it starts over when the events are deleted.</summary>
    public long Number { get; init; }

    /// <summary>The id of the request that contained the event.</summary>
    public required long RequestId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string Dataset { get; init; }

    /// <summary>The Graph version in the URL, such as <c>v27.0</c>.</summary>
    public required string Version { get; init; }

    public required EventShape Api { get; init; }

    public string? UploadTag { get; init; }

    public string? TestEventCode { get; init; }

    public string? PartnerAgent { get; init; }

    public required string EventName { get; init; }

    public string? EventId { get; init; }

    /// <summary>
    /// The number of the first event with the same dataset, event name and event id; null for that first event.
    /// </summary>
    public long? DuplicateOf { get; init; }

    /// <summary>1 for the first event with this id, 2 for its first duplicate, and so on.</summary>
    public int Occurrence { get; init; } = 1;

    /// <summary>
    /// What Meta tolerates but a developer should see: empty members, unknown parameters, hashes of the empty string.
    /// </summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The event, byte for byte as it appeared in <c>data</c>.</summary>
    public required RawJson Event { get; init; }
}

/// <summary>The bytes of a JSON value, shown exactly as they arrived.</summary>
[JsonConverter(typeof(Verbatim))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    internal sealed class Verbatim : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}

/// <summary>The response of <c>GET /sandbox/events</c>.</summary>
/// <param name="Count">Events that match the filters; <c>limit</c> does not change it.</param>
/// <param name="Received">All events accepted since the last deletion.</param>
/// <param name="Duplicates">How many of them repeat an earlier dataset, event name and event id.</param>
/// <param name="Forgotten">How many of them are no longer kept.</param>
/// <param name="Events">The events, newest last.</param>
internal sealed record ReceivedEventsResponse(
    int Count,
    long Received,
    long Duplicates,
    long Forgotten,
    IReadOnlyList<ReceivedEvent> Events
);

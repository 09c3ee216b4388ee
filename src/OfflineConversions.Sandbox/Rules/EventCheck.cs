using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// One event while the rules look at it, with the notes they leave. A note never refuses an event.
/// </summary>
internal sealed class EventCheck(JsonElement @event, EventShape shape, DateTimeOffset now)
{
    private List<string>? _notes;

    public JsonElement Event { get; } = @event;

    public EventShape Shape { get; } = shape;

    public DateTimeOffset Now { get; } = now;

    public IReadOnlyList<string> Notes => _notes is null ? [] : _notes;

    public string? EventName => Text("event_name");

    public string? ActionSource => Text("action_source");

    /// <summary>
    /// The object with value, currency and contents: <c>custom_data</c>, or the event itself in the legacy shape.
    /// Undefined if the event has none.
    /// </summary>
    public JsonElement Amounts =>
        Shape == EventShape.OfflineEvents ? Event
        : Has(Event, "custom_data", out var custom) ? custom
        : default;

    /// <summary>
    /// Whether the member is present and not empty. Meta treats null, "", [] and {} as absent; the event gets a note.
    /// </summary>
    public bool Has(JsonElement parent, string name, out JsonElement value)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out value))
        {
            value = default;
            return false;
        }

        if (IsEmpty(value))
        {
            Note(name, "is empty and counts as absent");
            return false;
        }

        return true;
    }

    public void Note(string path, string text)
    {
        var note = $"{path} {text}";
        _notes ??= [];
        if (!_notes.Contains(note, StringComparer.Ordinal))
        {
            _notes.Add(note);
        }
    }

    public static bool IsEmpty(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => true,
            JsonValueKind.String => string.IsNullOrWhiteSpace(value.GetString()),
            JsonValueKind.Array => value.EnumerateArray().All(IsEmpty),
            JsonValueKind.Object => !value.EnumerateObject().Any(),
            _ => false,
        };

    private string? Text(string name) =>
        Event.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

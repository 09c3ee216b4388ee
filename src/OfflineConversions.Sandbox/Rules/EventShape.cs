using System.Text.Json.Serialization;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>Which of Meta's two APIs an event is written for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EventShape>))]
internal enum EventShape
{
    /// <summary>The event contains <c>user_data</c>.</summary>
    ConversionsApi,

    /// <summary>The legacy shape: the event contains <c>match_keys</c>.</summary>
    OfflineEvents,
}

using System.Text.Json.Serialization;

namespace OfflineConversions.Server.Reasons;

/// <summary>What a code of the catalogue is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReasonKind>))]
internal enum ReasonKind
{
    /// <summary>The event is meant for Meta but cannot be sent as it is.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>The event is not meant for Meta.</summary>
    [JsonStringEnumMemberName("ignored")]
    Ignored,

    /// <summary>The event was accepted, but something was left out of it or changed in it.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>The event was accepted, could not be delivered, and is on the failed list.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Meta refuses something that is not the event's fault; everything is kept.</summary>
    [JsonStringEnumMemberName("halted")]
    Halted,

    /// <summary>The connection waits before its next request.</summary>
    [JsonStringEnumMemberName("throttled")]
    Throttled,

    /// <summary>An operator has stopped the connection.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,
}

using System.Text.Json.Serialization;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Received;

namespace OfflineConversions.Sandbox;

/// <summary>How the sandbox's own routes read and write JSON, whatever the host's settings are.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(Fault))]
[JsonSerializable(typeof(FaultsAnswer))]
[JsonSerializable(typeof(ReceivedEventsAnswer))]
[JsonSerializable(typeof(ReceivedRequestsAnswer))]
internal sealed partial class SandboxJson : JsonSerializerContext;

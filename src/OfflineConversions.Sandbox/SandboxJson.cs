using System.Text.Json.Serialization;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Received;
using OfflineConversions.Sandbox.Tokens;

namespace OfflineConversions.Sandbox;

/// <summary>The JSON format of the sandbox's own routes, independent of the host's settings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(Fault))]
[JsonSerializable(typeof(FaultsResponse))]
[JsonSerializable(typeof(ReceivedEventsResponse))]
[JsonSerializable(typeof(ReceivedRequestsResponse))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(SandboxToken))]
[JsonSerializable(typeof(TokensResponse))]
internal sealed partial class SandboxJson : JsonSerializerContext;

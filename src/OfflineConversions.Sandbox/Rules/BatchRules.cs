using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// What a request must be as a whole. Source: Meta, "Using the API"; for the legacy API its changelog and its own
/// uploader.
/// </summary>
internal static class BatchRules
{
    public const int LargestBatch = 1000;
    public const int LargestOfflineBatch = 2000;

    public static GraphError? Check(GraphRequest request, GraphVersion version)
    {
        var legacy = request.Shape == EventShape.OfflineEvents;
        var largest = legacy ? LargestOfflineBatch : LargestBatch;
        return request switch
        {
            { Defect: { } defect } => GraphError.BadRequest(defect),
            { TokenFingerprint: null } => GraphError.NoToken(),
            { AppSecretProof: { } proof } when !Hashes.IsSha256(proof) => GraphError.BadRequest(
                "Invalid appsecret_proof provided in the API argument"
            ),
            { PartnerAgent: { } agent } when agent.Length >= 23 || agent.Count(char.IsAsciiLetter) < 2 =>
                GraphError.BadRequest("Param partner_agent must have fewer than 23 characters, two of them letters"),
            { Events: [] } => GraphError.BadRequest("Param data must hold at least one event"),
            _ when legacy && !version.TakesOfflineEvents => GraphError.BadRequest(
                $"Offline events with match_keys are not supported after v{GraphVersion.LastWithOfflineEvents}.0: send user_data"
            ),
            _ when request.Events.Length > largest => GraphError.BadRequest(
                $"Param data must not hold more than {largest} events"
            ),
            _ => null,
        };
    }
}

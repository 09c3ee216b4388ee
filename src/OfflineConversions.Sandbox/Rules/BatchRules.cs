using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// What a request as a whole must satisfy. Source: Meta, "Using the API"; for the legacy API, its changelog and Meta's
/// open-source uploader.
/// </summary>
internal static class BatchRules
{
    public const int LargestBatch = 1000;
    public const int LargestOfflineBatch = 2000;

    public static SandboxError? Check(SandboxRequest request, GraphVersion version)
    {
        var legacy = request.Shape == EventShape.OfflineEvents;
        var largest = legacy ? LargestOfflineBatch : LargestBatch;
        return request switch
        {
            { Defect: { } defect } => SandboxError.BadRequest(defect),
            { TokenFingerprint: null } => SandboxError.NoToken(),
            { Fields.AppSecretProof: { } proof } when !Hashes.IsSha256(proof) => SandboxError.BadRequest(
                "Invalid appsecret_proof provided in the API argument"
            ),
            { Fields.PartnerAgent: { } agent } when agent.Length >= 23 || agent.Count(char.IsAsciiLetter) < 2 =>
                SandboxError.BadRequest(
                    "Param partner_agent must have fewer than 23 characters, at least two of which are letters"
                ),
            { Events: [] } => SandboxError.BadRequest("Param data must contain at least one event"),
            _ when legacy && !version.AcceptsOfflineEvents => SandboxError.BadRequest(
                $"The match_keys are not supported after v{GraphVersion.LastWithOfflineEvents}.0: send user_data"
            ),
            _ when request.Events.Length > largest => SandboxError.BadRequest(
                $"Param data must not contain more than {largest} events"
            ),
            _ => null,
        };
    }
}

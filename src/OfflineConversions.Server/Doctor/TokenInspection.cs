using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Doctor;

/// <summary>
/// Finds out what can be known about the token of a connection: Meta's description, or else what the proof shows.
/// </summary>
internal sealed class TokenInspection(TokenLookup lookup, ConnectionTest test)
{
    /// <summary>What is known about the token.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<TokenFinding> InspectAsync(Connection connection, CancellationToken cancellationToken) =>
        await lookup.LookUpAsync(connection, cancellationToken)
        ?? FromProof(await test.ProveAsync(connection, cancellationToken));

    /// <summary>
    /// What the proof shows. Meta looks at the token first, so a refusal for another reason shows that it accepts the
    /// token.
    /// </summary>
    public static TokenFinding FromProof(ConnectionFinding proof)
    {
        var refused = proof.Datasets.FirstOrDefault(one => one.Reason is DeliveryReason.TokenInvalid);
        var accepted = proof.Datasets.Any(one => one.Ok || Shows(one.Reason));
        return new TokenFinding(
            refused is not null ? false
                : accepted ? true
                : null,
            ExpiresAt: null,
            Scopes: [],
            [.. proof.Datasets.Where(one => one.Ok).Select(one => one.DatasetId)],
            TokenSource.Proof,
            refused?.Message
                ?? (
                    accepted ? "Meta accepts the token. When it ends is unknown: set AppId and AppSecret to see it."
                    : proof.Datasets is [var first, ..] ? first.Message
                    : "The connection names no dataset to ask about."
                )
        );
    }

    /// <summary>Whether Meta refuses with this reason only when it has accepted the token.</summary>
    private static bool Shows(string? reason) =>
        reason is DeliveryReason.PermissionDenied or DeliveryReason.UnknownDataset or DeliveryReason.RefusedByMeta;
}

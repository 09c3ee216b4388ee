using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Doctor;

/// <summary>
/// Looks at a connection as a whole: token, permission, dataset, version and test event code, one line each. It records
/// no event, also with a test event code.
/// </summary>
internal sealed class ConnectionDiagnosis(
    ConnectionTest test,
    TokenLookup tokens,
    GraphVersions versions,
    TimeProvider time
)
{
    private static readonly string[] TokenReasons = [DeliveryReason.TokenInvalid, DeliveryReason.BadSignature];

    private static readonly string[] PermissionReasons =
    [
        DeliveryReason.PermissionDenied,
        DeliveryReason.BlockedForPolicy,
    ];

    private static readonly string[] DatasetReasons =
    [
        DeliveryReason.UnknownDataset,
        DeliveryReason.UnknownPath,
        DeliveryReason.RefusedByMeta,
    ];

    private static readonly string[] VersionReasons = [DeliveryReason.UnsupportedVersion];

    /// <summary>The five lines of a connection.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<IReadOnlyList<Diagnosis>> RunAsync(Connection connection, CancellationToken cancellationToken)
    {
        var described = await tokens.LookUpAsync(connection, cancellationToken);
        var proof = await test.ProveAsync(connection, cancellationToken);
        return
        [
            Token(described ?? TokenInspection.FromProof(proof), proof),
            Aspect("permission", proof, PermissionReasons, "The token may send to"),
            Dataset(proof),
            Version(connection, proof),
            TestEventCode(connection),
        ];
    }

    private Diagnosis Token(TokenFinding finding, ConnectionFinding proof)
    {
        const string Name = "token";
        if (Refused(proof, TokenReasons) is { Count: > 0 } refused)
        {
            return new(Name, Verdict.Problem, refused[0].Message);
        }

        return finding switch
        {
            { Valid: false } => new(Name, Verdict.Problem, finding.Message),
            { Valid: null } => new(Name, Verdict.Unknown, finding.Message),
            _ when finding.IsEnding(time.GetUtcNow()) => new(
                Name,
                Verdict.Warning,
                $"{finding.Message} Generate a new one before and set AccessToken; it is applied without a restart."
            ),
            _ => new(Name, Verdict.Ok, finding.Message),
        };
    }

    private static Diagnosis Dataset(ConnectionFinding proof) =>
        proof.Datasets.Count == 0
            ? new(
                "dataset",
                Verdict.Problem,
                "The connection names no dataset, so nothing would be sent. Map an event to one, or set DatasetId."
            )
            : Aspect("dataset", proof, DatasetReasons, "Meta knows");

    private Diagnosis Version(Connection connection, ConnectionFinding proof)
    {
        const string Name = "version";
        var setting = versions.Setting(connection.Options.Api);
        return Refused(proof, VersionReasons) is { Count: > 0 } refused ? new(Name, Verdict.Problem, refused[0].Message)
            : versions.Warnings is { Count: > 0 } warnings ? new(Name, Verdict.Warning, string.Join(' ', warnings))
            : proof.Datasets.Any(one => one.Ok || ShowsVersion(one.Reason))
                ? new(Name, Verdict.Ok, $"Meta accepts {setting}.")
            : new(Name, Verdict.Unknown, $"Whether Meta accepts {setting} could not be tested.");
    }

    private static Diagnosis TestEventCode(Connection connection) =>
        connection.Options.TestEventCode is { Length: > 0 } code
            ? new(
                "test event code",
                Verdict.Warning,
                $"{code} is set, so every event shows under Test Events and still counts. Remove TestEventCode before "
                    + "real sales."
            )
            : new("test event code", Verdict.Ok, "None is set, as it should be for real sales.");

    /// <summary>An aspect that each dataset can fail: what failed, or else what works.</summary>
    private static Diagnosis Aspect(string name, ConnectionFinding proof, string[] reasons, string works)
    {
        if (Refused(proof, reasons) is { Count: > 0 } refused)
        {
            return new(
                name,
                Verdict.Problem,
                string.Join(' ', refused.Select(one => $"Dataset {one.DatasetId}: {one.Message}"))
            );
        }

        string[] untested = [.. proof.Datasets.Where(one => !one.Ok).Select(one => one.DatasetId)];
        return untested.Length > 0
            ? new(name, Verdict.Unknown, $"Could not be tested for dataset {string.Join(", ", untested)}.")
            : new(
                name,
                Verdict.Ok,
                $"{works} dataset {string.Join(", ", proof.Datasets.Select(one => one.DatasetId))}."
            );
    }

    /// <summary>Whether Meta has looked at the dataset, which it does under a version that it accepts.</summary>
    private static bool ShowsVersion(string? reason) =>
        reason
            is DeliveryReason.PermissionDenied
                or DeliveryReason.BlockedForPolicy
                or DeliveryReason.UnknownDataset
                or DeliveryReason.RefusedByMeta;

    private static List<DatasetFinding> Refused(ConnectionFinding proof, string[] reasons) =>
        [.. proof.Datasets.Where(one => reasons.Contains(one.Reason, StringComparer.Ordinal))];
}

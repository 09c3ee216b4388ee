using System.Collections.Concurrent;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Doctor;

/// <summary>
/// Proves for each dataset of a connection that its token may send there, without recording an event: Meta checks
/// token, permission, dataset and version before it refuses an event for its age. With a test event code, one synthetic
/// event more shows up under Test Events.
/// </summary>
internal sealed class ConnectionTest(GraphClient graph, GraphVersions versions, TimeProvider time)
{
    private const int AtOnce = 4;

    /// <summary>
    /// Tests every dataset that the connection's settings name. With a test event code, an event shows up under Test
    /// Events.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<ConnectionFinding> RunAsync(Connection connection, CancellationToken cancellationToken) =>
        RunAsync(connection, TestAsync, cancellationToken);

    /// <summary>Tests every dataset without recording an event, whatever the settings are.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<ConnectionFinding> ProveAsync(Connection connection, CancellationToken cancellationToken) =>
        RunAsync(connection, ProveAsync, cancellationToken);

    private static async Task<ConnectionFinding> RunAsync(
        Connection connection,
        Func<Connection, string, CancellationToken, Task<DatasetFinding>> test,
        CancellationToken cancellationToken
    )
    {
        string[] datasets = [.. connection.Source.Datasets(connection.Options).Distinct(StringComparer.Ordinal)];
        var findings = new ConcurrentDictionary<string, DatasetFinding>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            datasets,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (dataset, cancel) => findings[dataset] = await test(connection, dataset, cancel)
        );
        return new ConnectionFinding(
            !findings.IsEmpty && findings.Values.All(finding => finding.Ok),
            [.. datasets.Select(dataset => findings[dataset])]
        );
    }

    private async Task<DatasetFinding> TestAsync(
        Connection connection,
        string dataset,
        CancellationToken cancellationToken
    )
    {
        var options = connection.Options;
        var finding = await ProveAsync(connection, dataset, cancellationToken);
        if (!finding.Ok || options.TestEventCode is not { Length: > 0 } code)
        {
            return finding;
        }

        var shown = ProofEvent.At(time.GetUtcNow(), options.Api);
        var response = await SendAsync(connection, dataset, shown, code, cancellationToken);
        return Classifier.Classify(response, sent: 1) is NextStep.Complete
            ? finding with
            {
                Message = $"{finding.Message} A test event was sent: look under Test Events.",
            }
            : Judge(connection, dataset, response);
    }

    private async Task<DatasetFinding> ProveAsync(
        Connection connection,
        string dataset,
        CancellationToken cancellationToken
    )
    {
        var proof = ProofEvent.TooOldAt(time.GetUtcNow(), connection.Options.Api);
        return Judge(connection, dataset, await SendAsync(connection, dataset, proof, null, cancellationToken));
    }

    private Task<GraphResponse> SendAsync(
        Connection connection,
        string dataset,
        ReadOnlyMemory<byte> payload,
        string? testEventCode,
        CancellationToken cancellationToken
    )
    {
        var options = connection.Options;
        var credentials = new GraphCredentials(
            options.AccessToken?.Reveal(),
            options.AppSecret?.Reveal(),
            testEventCode,
            options.PartnerAgent
        );
        return graph.SendAsync(
            new GraphRequest(
                connection.Name,
                options.Api,
                dataset,
                new ArraySegment<ReadOnlyMemory<byte>>([payload]),
                UploadTag: "OfflineConversions",
                credentials
            ),
            cancellationToken
        );
    }

    private DatasetFinding Judge(Connection connection, string dataset, GraphResponse response) =>
        Classifier.Classify(response, sent: 1) switch
        {
            _ when ProofEvent.IsTooOld(response) => new DatasetFinding(
                dataset,
                Ok: true,
                Reason: null,
                "The token may send to this dataset. Meta refused the test's event because of its age, as intended, "
                    + "and recorded nothing."
            ),
            NextStep.Complete => new DatasetFinding(
                dataset,
                Ok: true,
                Reason: null,
                "The token may send to this dataset."
            ),
            NextStep.Halt halt => Problem(
                dataset,
                halt.Reason,
                ReasonKind.Halted,
                halt.Reason == DeliveryReason.UnsupportedVersion
                    ? versions.Setting(connection.Options.Api)
                    : GraphErrors.Describe(response)
            ),
            NextStep.Bury bury => Problem(dataset, bury.Reason, ReasonKind.Failed, GraphErrors.Describe(response)),
            NextStep.Retry retry => Problem(
                dataset,
                retry.SlowDown ?? DeliveryReason.Unreachable,
                ReasonKind.Throttled,
                Obstacles.Describe(response) ?? GraphErrors.Describe(response)
            ),
            _ => Problem(dataset, DeliveryReason.Unreachable, ReasonKind.Throttled, Obstacles.Describe(response)),
        };

    private static DatasetFinding Problem(string dataset, string reason, ReasonKind kind, string? detail)
    {
        var entry = ReasonCatalogue.Find(reason, kind)!;
        var cause = detail is null ? "" : $" ({detail})";
        return new DatasetFinding(dataset, Ok: false, reason, $"{entry.Meaning.TrimEnd('.')}{cause}. {entry.Remedy}");
    }
}

/// <summary>What a connection test found.</summary>
/// <param name="Ok">Whether every dataset can be sent to; false without any dataset.</param>
/// <param name="Datasets">The datasets, in the order of the settings.</param>
internal sealed record ConnectionFinding(bool Ok, IReadOnlyList<DatasetFinding> Datasets);

/// <summary>What a connection test found about one dataset.</summary>
/// <param name="DatasetId">The dataset.</param>
/// <param name="Ok">Whether it can be sent to.</param>
/// <param name="Reason">One of <see cref="DeliveryReason"/>; null if it can be sent to.</param>
/// <param name="Message">The finding in words, with the remedy.</param>
internal sealed record DatasetFinding(string DatasetId, bool Ok, string? Reason, string Message);

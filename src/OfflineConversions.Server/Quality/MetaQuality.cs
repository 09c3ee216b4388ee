using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Quality;

/// <summary>
/// Asks Meta for its own scores of a connection's datasets, and keeps the answer for a while: Meta computes them seldom
/// and limits how often it is asked.
/// </summary>
internal sealed class MetaQuality(GraphQueries graph, TimeProvider time)
{
    /// <summary>How long scores are kept.</summary>
    public static readonly TimeSpan ScoresLast = TimeSpan.FromHours(1);

    /// <summary>How long it takes until Meta is asked again after a failure.</summary>
    public static readonly TimeSpan FailuresLast = TimeSpan.FromMinutes(5);

    private const string Node = "dataset_quality";
    private const int MostDatasets = 20;
    private const int AtOnce = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Asked> _asked = new(StringComparer.Ordinal);

    /// <summary>Meta's scores, or why there are none.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="patience">
    /// How long to wait for Meta. An answer that comes later is kept for those who ask next.
    /// </param>
    /// <param name="cancellationToken">Ends the wait, and not the question.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<MetaFinding> OfAsync(
        Connection connection,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await Ask(connection).WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new MetaFinding(Scores: null, "Meta has not answered yet. Look again in a minute.");
        }
    }

    /// <summary>The answer that is known or under way; otherwise asks. All callers share one question.</summary>
    private Task<MetaFinding> Ask(Connection connection)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (
                !_asked.TryGetValue(connection.Name, out var asked)
                || asked.Connection != connection
                || now >= asked.Until
            )
            {
                _asked[connection.Name] = asked = new Asked(connection);
                asked.Finding = KeepAsync(asked, now);
            }

            return asked.Finding;
        }
    }

    /// <summary>Asks, and decides how long the answer is kept.</summary>
    private async Task<MetaFinding> KeepAsync(Asked asked, DateTimeOffset now)
    {
        var lasts = TimeSpan.Zero;
        try
        {
            var finding = await AskAsync(asked.Connection, now, CancellationToken.None);
            lasts = finding.Scores is null ? FailuresLast : ScoresLast;
            return finding;
        }
        finally
        {
            lock (_gate)
            {
                asked.Until = now + lasts;
            }
        }
    }

    private async Task<MetaFinding> AskAsync(
        Connection connection,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        string[] datasets =
        [
            .. connection.Source.Datasets(connection.Options).Distinct(StringComparer.Ordinal).Take(MostDatasets),
        ];
        var agent = Agent(connection.Options.PartnerAgent);
        var answers = new GraphAnswer[datasets.Length];
        await Parallel.ForAsync(
            0,
            datasets.Length,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (place, cancel) =>
                answers[place] = await graph.AskAsync(Query(connection, datasets[place], agent), cancel)
        );
        return answers.Length == 0 ? new MetaFinding(Scores: null, "The connection names no dataset.")
            : Array.Find(answers, answer => answer.Content is null) is { } failed
                ? new MetaFinding(Scores: null, $"Meta gave no scores: {failed.Problem}.")
            : new MetaFinding(
                new MetaScores(
                    now,
                    agent,
                    [
                        .. datasets.Zip(answers, (dataset, answer) =>
                            new DatasetScores(dataset, MetaScoreReader.Read(answer.Content!.Value))
                        ),
                    ]
                ),
                Problem: null
            );
    }

    private static GraphQuery Query(Connection connection, string dataset, string? agent)
    {
        var credentials = new GraphCredentials(
            connection.Options.AccessToken?.Reveal(),
            connection.Options.AppSecret?.Reveal(),
            testEventCode: null
        );
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["dataset_id"] = dataset,
            ["fields"] = MetaScoreReader.Fields,
        };
        if (agent is not null)
        {
            parameters["agent_name"] = agent;
        }

        if (credentials.AppSecretProof is { } proof)
        {
            parameters["appsecret_proof"] = proof;
        }

        return new GraphQuery(Node, credentials.AccessToken, parameters);
    }

    /// <summary>Meta knows an agent in lower case and without its version: <c>Acme_1_2</c> is <c>acme</c>.</summary>
    private static string? Agent(string? partnerAgent) =>
        partnerAgent?.TrimEnd("0123456789_.-".ToCharArray()).ToLowerInvariant() is { Length: > 0 } agent ? agent : null;

    /// <summary>A question, which is shared while it is under way and until its answer is too old.</summary>
    private sealed class Asked(Connection connection)
    {
        public Connection Connection => connection;

        public Task<MetaFinding> Finding { get; set; } = null!;

        public DateTimeOffset Until { get; set; } = DateTimeOffset.MaxValue;
    }
}

/// <summary>What Meta said about quality.</summary>
/// <param name="Scores">Its scores; null if it gave none.</param>
/// <param name="Problem">Why it gave none, in words; null if it did.</param>
internal sealed record MetaFinding(MetaScores? Scores, string? Problem);

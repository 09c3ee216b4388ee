using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Doctor;

/// <summary>
/// Asks Meta to describe the token of a connection. An app may ask about its tokens, and a token made in Events Manager
/// about itself. It is the one call with a token in its URL, because Meta accepts it in no other place; so it is made
/// on request and once a day only.
/// </summary>
internal sealed partial class TokenLookup(GraphQueries graph, SharedFindings findings, ILogger<TokenLookup> logger)
{
    private const string Node = "debug_token";
    private const int InvalidToken = 190;

    /// <summary>Meta's description; null if Meta gives none.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<TokenFinding?> LookUpAsync(Connection connection, CancellationToken cancellationToken)
    {
        var options = connection.Options;
        var token = options.AccessToken?.Reveal() ?? "";
        var finding =
            options is { AppId: { } id, AppSecret: { } secret }
            && await AskAsync(connection, token, $"{id}|{secret.Reveal()}", cancellationToken)
                is { Content: { } content }
                ? TokenDescription.Read(content)
                : null;
        finding ??= Own(await AskAsync(connection, token, token, cancellationToken));
        if (finding is not null)
        {
            await findings.NoteAsync(connection, finding, cancellationToken);
        }

        return finding;
    }

    /// <summary>What a token learned about itself: a token that is refused with code 190 is not valid.</summary>
    private static TokenFinding? Own(GraphAnswer answer) =>
        answer switch
        {
            { Content: { } content } => TokenDescription.Read(content),
            { Response.Error.Code: InvalidToken } => TokenDescription.Invalid(),
            _ => null,
        };

    private async Task<GraphAnswer> AskAsync(
        Connection connection,
        string token,
        string caller,
        CancellationToken cancellationToken
    )
    {
        var answer = await graph.AskAsync(
            new GraphQuery(
                Node,
                caller,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["input_token"] = token }
            )
            {
                FollowsGraphVersions = true,
            },
            cancellationToken
        );
        Log.Asked(logger, connection.Name, answer.Content is null ? answer.Problem : "Meta described it");
        return answer;
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 571,
            Level = LogLevel.Information,
            Message = "Asked Meta about the token of connection {Connection}: {Result}"
        )]
        public static partial void Asked(ILogger logger, string connection, string result);
    }
}

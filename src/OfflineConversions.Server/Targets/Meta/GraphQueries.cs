using System.Net.Http.Headers;
using System.Text.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// Reads from Meta's Graph API: seldom, once each, without quick retries. Every expected failure is a value. The base
/// address is https, or this machine: the configuration allows no other, and a query may carry a token in its URL.
/// </summary>
internal sealed class GraphQueries(
    HttpClient http,
    GraphAddress address,
    GraphVersions versions,
    GraphOptions options,
    TimeProvider time
)
{
    /// <summary>Asks once, within the time limit of an attempt.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<GraphAnswer> AskAsync(GraphQuery query, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await AttemptAsync(query, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return GraphAnswer.None(Obstacle.TimedOut);
        }
        catch (HttpRequestException failure)
        {
            return GraphAnswer.None(RequestFailure.ObstacleOf(failure));
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            return GraphAnswer.None(Obstacle.Broken);
        }
    }

    private async Task<GraphAnswer> AttemptAsync(GraphQuery query, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, Target(query));
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", query.AccessToken);
        using var response = await http.SendAsync(message, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var now = response.Headers.Date ?? time.GetUtcNow();
        var read = GraphResponse.Read((int)response.StatusCode, response.Headers, body, now);
        var content = read.Error is null && response.IsSuccessStatusCode ? Object(body) : null;
        if (query.FollowsGraphVersions && (content is not null || read.Error is not null))
        {
            versions.NoteQuery(read);
        }

        return new GraphAnswer(read, content);
    }

    /// <summary><c>{base}/{version}/{node}?…</c>.</summary>
    private Uri Target(GraphQuery query) =>
        new(
            $"{address.Current.AbsoluteUri.TrimEnd('/')}/{versions.Of(MetaApi.ConversionsApi)}/{query.Node}"
                + QueryString.Create(query.Parameters.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value)))
        );

    private static JsonElement? Object(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body) is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>
/// One reading call to <c>/{version}/{node}</c>. Not a record, so that printing it shows only the type's name: the
/// parameters may contain a token.
/// </summary>
/// <param name="node">The node, a name without slashes.</param>
/// <param name="accessToken">Whose rights apply. It goes into a header.</param>
/// <param name="parameters">The parameters of the query.</param>
internal sealed class GraphQuery(string node, string accessToken, IReadOnlyDictionary<string, string> parameters)
{
    public string Node { get; } = node;

    public string AccessToken { get; } = accessToken;

    public IReadOnlyDictionary<string, string> Parameters { get; } = parameters;

    /// <summary>
    /// Whether the version headers of the response are about the versions of the Graph API. Those of nodes of the
    /// Marketing API are not, because its versions end earlier. Default: false.
    /// </summary>
    public bool FollowsGraphVersions { get; init; }
}

/// <summary>Meta's answer to a reading call.</summary>
/// <param name="Response">What the response says, whether it succeeded or not.</param>
/// <param name="Content">The JSON object of a success; null otherwise.</param>
internal sealed record GraphAnswer(GraphResponse Response, JsonElement? Content)
{
    /// <summary>No response arrived.</summary>
    public static GraphAnswer None(Obstacle obstacle) =>
        new(GraphResponse.None(Transport.InDoubt, obstacle), Content: null);

    /// <summary>Why there is no content, in words that logs and responses may contain.</summary>
    public string Problem =>
        Obstacles.Describe(Response) ?? GraphErrors.Describe(Response) ?? "Meta's answer is unreadable";
}

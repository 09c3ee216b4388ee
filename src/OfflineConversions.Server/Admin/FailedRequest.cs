using System.Text.Json;
using System.Text.Json.Serialization;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Selects the failed events to replay or discard. A misspelt condition is an error, because it would select more.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FailedRequest
{
    private const int MostIds = 10_000;
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
    private static readonly string[] Names =
    [
        "ids",
        "connection",
        "reason",
        "since",
        "until",
        "all",
        "dryRun",
        "toDatasetId",
    ];

    /// <summary>Ids on the failed list.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>The connection.</summary>
    public string? Connection { get; init; }

    /// <summary>The reason code.</summary>
    public string? Reason { get; init; }

    /// <summary>Failed at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Failed before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether to select every event of the list.</summary>
    public bool All { get; init; }

    /// <summary>Whether only to count.</summary>
    public bool DryRun { get; init; }

    /// <summary>The dataset that the events are replayed to. Default <see langword="null"/>: their own.</summary>
    public string? ToDatasetId { get; init; }

    /// <summary>The same as a selection of the failed list.</summary>
    [JsonIgnore]
    public FailedSelection Selection =>
        new(Connection)
        {
            Ids = Ids,
            Reason = Reason,
            Since = Since,
            Until = Until,
        };

    /// <summary>Reads a request, or returns what is wrong with it.</summary>
    public static (FailedRequest? Request, (string Key, string Message) Problem) Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var request = JsonSerializer.Deserialize<FailedRequest>(json, Options);
            return request?.Problem() is { } problem ? (null, problem)
                : request is null ? (null, ("request", "must be a JSON object"))
                : (request, default);
        }
        catch (JsonException malformed)
        {
            // The parser's message would quote the request.
            return (null, (Quote.Key(malformed.Path), $"cannot be read; there are {string.Join(", ", Names)}"));
        }
    }

    private (string Key, string Message)? Problem()
    {
        var narrowed =
            Ids is not null || Connection is not null || Reason is not null || Since is not null || Until is not null;
        return !narrowed && !All ? ("request", "needs ids, connection, reason, since or until; or all: true")
            : narrowed && All ? ("all", "cannot be combined with a condition")
            : Ids is { Count: 0 or > MostIds } ? ("ids", $"must hold 1 to {MostIds} numbers")
            : null;
    }
}

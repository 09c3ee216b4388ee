using System.Text.Json;
using System.Text.Json.Serialization;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Admin;

/// <summary>What is wrong with a request to change waiting events, without quoting it.</summary>
/// <param name="Key">The part of the request.</param>
/// <param name="Message">What it must be.</param>
internal readonly record struct RequestProblem(string Key, string Message)
{
    /// <summary>The problem of a dataset id; null if it has none.</summary>
    public static RequestProblem? OfDataset(string key, string? dataset) =>
        dataset is null ? new RequestProblem(key, "is missing")
        : !DatasetId.IsValid(dataset) ? new RequestProblem(key, $"is not a dataset id; {DatasetId.Rule}")
        : null;

    /// <summary>The problem of a connection's name; null if it has none.</summary>
    public static RequestProblem? OfConnection(string? connection) =>
        string.IsNullOrEmpty(connection) ? new RequestProblem("connection", "is missing") : null;
}

/// <summary>A request that was read, or what is wrong with it.</summary>
internal readonly record struct ReadRequest<T>(T? Request, RequestProblem Problem)
    where T : class;

/// <summary>A body of <c>/api/pending</c>.</summary>
internal abstract record PendingRequest
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>The connection of the events.</summary>
    public string? Connection { get; init; }

    /// <summary>Whether only to count.</summary>
    public bool DryRun { get; init; }

    /// <summary>What is wrong with it; null if nothing.</summary>
    protected abstract RequestProblem? Problem();

    /// <summary>Reads a request. A misspelt name is an error, because a dry run must not become a real one.</summary>
    public static ReadRequest<T> Read<T>(ReadOnlySpan<byte> json, string names)
        where T : PendingRequest
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options) is not { } request
                    ? new(null, new("request", "must be a JSON object"))
                : request.Problem() is { } problem ? new(null, problem)
                : new(request, default);
        }
        catch (JsonException malformed)
        {
            // The parser's message would quote the request.
            return new(null, new(Quote.Key(malformed.Path), $"cannot be read; there are {names}"));
        }
    }
}

/// <summary>The body of <c>POST /api/pending/redirect</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RedirectRequest : PendingRequest
{
    /// <summary>The dataset whose events move.</summary>
    public string? FromDatasetId { get; init; }

    /// <summary>The dataset that they move to.</summary>
    public string? ToDatasetId { get; init; }

    public static ReadRequest<RedirectRequest> Read(ReadOnlySpan<byte> json) =>
        Read<RedirectRequest>(json, "connection, fromDatasetId, toDatasetId, dryRun");

    protected override RequestProblem? Problem() =>
        RequestProblem.OfConnection(Connection)
        ?? RequestProblem.OfDataset("fromDatasetId", FromDatasetId)
        ?? RequestProblem.OfDataset("toDatasetId", ToDatasetId)
        ?? (FromDatasetId == ToDatasetId ? new RequestProblem("toDatasetId", "must be another dataset") : null);
}

/// <summary>The body of <c>POST /api/pending/discard</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DiscardRequest : PendingRequest
{
    /// <summary>The dataset whose events are given up.</summary>
    public string? DatasetId { get; init; }

    public static ReadRequest<DiscardRequest> Read(ReadOnlySpan<byte> json) =>
        Read<DiscardRequest>(json, "connection, datasetId, dryRun");

    protected override RequestProblem? Problem() =>
        RequestProblem.OfConnection(Connection) ?? RequestProblem.OfDataset("datasetId", DatasetId);
}

namespace OfflineConversions.Server.Outbox;

/// <summary>Some events of the failed list: those that meet every condition given.</summary>
/// <param name="Connection">Whose.</param>
internal record FailedSelection(string? Connection = null)
{
    /// <summary>Our reason code.</summary>
    public string? Reason { get; init; }

    /// <summary>Failed at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Failed before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Their numbers on the list.</summary>
    public IReadOnlyList<long>? Ids { get; init; }
}

/// <summary>One page of the failed list.</summary>
/// <param name="Connection">Whose.</param>
/// <param name="Limit">How many events at most.</param>
internal sealed record FailedQuery(string? Connection = null, int Limit = 100) : FailedSelection(Connection)
{
    /// <summary>The page after the event of this number; <see langword="null"/> asks for the first page.</summary>
    public long? Before { get; init; }
}

/// <summary>How an event leaves the failed list.</summary>
internal enum Resolution
{
    /// <summary>It waits for delivery again, byte for byte, as if it had never been tried.</summary>
    Replay,

    /// <summary>An operator gave it up.</summary>
    Discard,

    /// <summary>The list kept it for as long as it keeps anything.</summary>
    Expire,
}

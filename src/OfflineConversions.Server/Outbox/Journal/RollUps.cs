namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>What a roll-up counts. Stored; a value never changes its meaning.</summary>
internal static class RollUpKind
{
    /// <summary>Source events that were accepted; no name.</summary>
    public const string Accepted = "accepted";

    /// <summary>Source events that were ignored, by reason.</summary>
    public const string Ignored = "ignored";

    /// <summary>Source events that were rejected, by reason.</summary>
    public const string Rejected = "rejected";

    /// <summary>Warnings, by code.</summary>
    public const string Warning = "warning";

    /// <summary>Source events, by their bounded name.</summary>
    public const string EventName = "event_name";

    /// <summary>Deliveries that Meta accepted; no name.</summary>
    public const string Delivered = "delivered";

    /// <summary>Deliveries that moved to the failed list, by reason.</summary>
    public const string Failed = "failed";

    /// <summary>The kind of an outcome.</summary>
    public static string Of(OfflineConversions.Conversions.Outcome outcome) =>
        outcome switch
        {
            OfflineConversions.Conversions.Outcome.Accepted => Accepted,
            OfflineConversions.Conversions.Outcome.Ignored => Ignored,
            _ => Rejected,
        };
}

/// <summary>A count to add to the roll-up of the current hour.</summary>
/// <param name="Kind">What is counted: a short code.</param>
/// <param name="Name">What is counted of this kind: a code or a bounded name. May be empty.</param>
/// <param name="Count">How many.</param>
internal readonly record struct RollUpCount(string Kind, string Name, long Count);

/// <summary>The count of one hour.</summary>
/// <param name="Hour">Its begin, in UTC.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Kind">What is counted.</param>
/// <param name="Name">What is counted of this kind.</param>
/// <param name="Count">How many.</param>
internal sealed record RollUp(DateTimeOffset Hour, string Connection, string Kind, string Name, long Count);

/// <summary>Selects roll-ups.</summary>
/// <param name="From">The first hour.</param>
/// <param name="To">The hour after the last one.</param>
internal sealed record RollUpQuery(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>One connection; <see langword="null"/> for all.</summary>
    public string? Connection { get; init; }

    /// <summary>The kinds; empty for all.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];
}

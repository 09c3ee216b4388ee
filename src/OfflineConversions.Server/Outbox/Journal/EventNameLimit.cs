namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>How many names of events are counted for each connection. Callers choose the names.</summary>
internal static class EventNameLimit
{
    /// <summary>The most names of one connection. Further ones are counted together.</summary>
    public const int Most = 50;

    /// <summary>What names beyond <see cref="Most"/> are counted as.</summary>
    public const string Others = "(other)";

    /// <summary>What an event without a name is counted as, or with one that looks like personal data.</summary>
    public const string Hidden = "(hidden)";
}

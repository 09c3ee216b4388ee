namespace OfflineConversions.Server.Outbox.Postgres;

/// <summary>The clocks and waits of the store.</summary>
/// <param name="LongestWait">The longest that anything waits for its next attempt or probe.</param>
/// <param name="UsesDatabaseClock">False only in tests that move the clock.</param>
internal sealed record PostgresTiming(TimeSpan LongestWait, bool UsesDatabaseClock = true);

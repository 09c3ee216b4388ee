namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>How long and how large the journal may become.</summary>
/// <param name="Retention">How long it keeps arrivals.</param>
/// <param name="MaxBytes">The most bytes that it takes.</param>
internal readonly record struct JournalLimits(TimeSpan Retention, long MaxBytes);

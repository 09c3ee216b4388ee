namespace OfflineConversions.Sources;

/// <summary>When and how a body was posted.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="Call">
/// The call that the path names (<c>track</c>, <c>identify</c>, …); <see langword="null"/> if it names none. The type
/// in a message takes precedence.
/// </param>
internal readonly record struct Receipt(DateTimeOffset At, string? Call = null);

namespace OfflineConversions.Sources;

/// <summary>What the HTTP border adds to the body of a post.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="Call">
/// The call that the path names (<c>track</c>, <c>identify</c>, …); <see langword="null"/> if it names none. The type
/// in a message takes precedence.
/// </param>
public readonly record struct Receipt(DateTimeOffset At, string? Call = null);

namespace OfflineConversions.Server.Admin;

/// <summary>A page of a list.</summary>
/// <param name="Items">The rows, newest first where they have a time.</param>
/// <param name="Next">The cursor of the next page; null if this is the last.</param>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, string? Next);

using OfflineConversions.Conversions;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Limits how many upload tags callers may choose. A request to Meta has one tag, so each further tag costs at least
/// one more request, and a caller with a public key could use up the account's limit with them.
/// </summary>
/// <remarks>In memory only: after a restart, a connection may use as many other tags.</remarks>
internal sealed class UploadTags(TimeProvider time)
{
    /// <summary>
    /// The most different tags of one connection within <see cref="Window"/>, without the source's own.
    /// </summary>
    public const int Most = 32;

    /// <summary>How long a tag counts after its last use.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, long>> _used = new(StringComparer.Ordinal);

    /// <summary>
    /// The same events; those with a tag too many carry the source's own instead, and the warning
    /// <see cref="Warning.UploadTagReplaced"/>.
    /// </summary>
    public IReadOnlyList<EventResult> Limit(Connection connection, IReadOnlyList<EventResult> results)
    {
        EventResult[]? limited = null;
        for (var index = 0; index < results.Count; index++)
        {
            if (HasTagTooMany(connection, results[index]))
            {
                limited ??= [.. results];
                limited[index] = WithOwnTag(results[index], connection.Source.UploadTag);
            }
        }

        return limited ?? results;
    }

    // All deliveries of an event have its tag.
    private bool HasTagTooMany(Connection connection, EventResult result) =>
        result.Deliveries is [{ UploadTag: { } tag }, ..]
        && tag != connection.Source.UploadTag
        && !TryUse(connection.Name, tag);

    private static EventResult WithOwnTag(EventResult result, string? own) =>
        result with
        {
            Warnings = [.. result.Warnings, Warning.UploadTagReplaced],
            Deliveries = [.. result.Deliveries.Select(delivery => delivery with { UploadTag = own })],
        };

    private bool TryUse(string connection, string tag)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (!_used.TryGetValue(connection, out var tags))
            {
                _used[connection] = tags = new(StringComparer.Ordinal);
            }

            if (!tags.ContainsKey(tag) && tags.Count == Most)
            {
                foreach (var (old, last) in tags)
                {
                    if (time.GetElapsedTime(last, now) >= Window)
                    {
                        tags.Remove(old); // allowed while enumerating
                    }
                }

                if (tags.Count == Most)
                {
                    return false;
                }
            }

            tags[tag] = now;
            return true;
        }
    }
}

using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// The keys that sources may present. Holds digests only, and compares a presented key with all of them in constant
/// time.
/// </summary>
internal sealed class WriteKeys
{
    /// <summary>Eight hex digits tell the keys of a connection apart, and say nothing about a random key.</summary>
    private const int NameLength = 8;

    private readonly Entry[] _entries;
    private readonly RateLimitOptions _limit;

    private WriteKeys(Entry[] entries, RateLimitOptions limit) => (_entries, _limit) = (entries, limit);

    /// <summary>Digests the keys of a configuration.</summary>
    /// <param name="options">The configuration with the text of its keys.</param>
    /// <param name="connections">Its compiled connections.</param>
    /// <param name="previous">The keys to replace. With the same rate limit, a key that stays keeps its bucket.</param>
    public static WriteKeys From(
        ServiceOptions options,
        IReadOnlyDictionary<string, Connection> connections,
        WriteKeys? previous
    )
    {
        var limit = options.Ingestion.RateLimit;
        var sameLimit = previous is not null && limit.Equals(previous._limit);
        var kept = (previous?._entries ?? []).ToDictionary(
            entry => entry.Digest.Text,
            entry => entry.Key,
            StringComparer.Ordinal
        );
        var entries =
            from configured in options.Connections
            from key in configured.Value.WriteKeys
            let digest = new KeyDigest(key.Reveal())
            let connection = connections[configured.Key]
            let known = kept.GetValueOrDefault(digest.Text)
            select new Entry(
                digest,
                known is null ? new WriteKey(NameOf(digest), connection, limit)
                    : sameLimit ? known.For(connection)
                    : known.For(connection, limit)
            );
        return new WriteKeys([.. entries], limit);
    }

    /// <summary>All keys.</summary>
    public IEnumerable<WriteKey> All => _entries.Select(entry => entry.Key);

    /// <summary>
    /// The entry of a presented key, or <see langword="null"/> if there is none. Takes the same time for every key.
    /// </summary>
    public WriteKey? Find(ReadOnlySpan<char> presented)
    {
        var digest = new KeyDigest(presented);
        WriteKey? found = null;
        foreach (var entry in _entries)
        {
            if (entry.Digest.Matches(digest))
            {
                found = entry.Key;
            }
        }

        return found;
    }

    private static string NameOf(KeyDigest digest) => digest.Text[..NameLength].ToLowerInvariant();

    private sealed record Entry(KeyDigest Digest, WriteKey Key);
}

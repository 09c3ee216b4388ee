using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// Who may post: finds the connection of a presented key. Holds digests only and compares all of them in constant time.
/// </summary>
internal sealed class WriteKeys
{
    private readonly (KeyDigest Digest, WriteKey Key)[] _keys;
    private readonly RateLimitOptions _limit;

    /// <param name="keys">The connections with their keys.</param>
    /// <param name="limit">The limit of each key.</param>
    /// <param name="before">What it follows: under the same limit a key that stays keeps its bucket.</param>
    public WriteKeys(
        IEnumerable<(Connection Connection, List<Secret> Keys)> keys,
        RateLimitOptions limit,
        WriteKeys? before = null
    )
    {
        _limit = limit;
        var kept =
            before is not null && limit.Equals(before._limit)
                ? before._keys.ToDictionary(held => held.Digest.Text, held => held.Key, StringComparer.Ordinal)
                : [];
        _keys =
        [
            .. from entry in keys
            from key in entry.Keys
            let digest = new KeyDigest(key.Reveal())
            select (
                digest,
                kept.TryGetValue(digest.Text, out var same)
                    ? same.Of(entry.Connection)
                    : new WriteKey(entry.Connection, limit)
            ),
        ];
    }

    /// <summary>
    /// The key's entry, or <see langword="null"/> where nobody has it. Takes the same time for every key that is
    /// presented.
    /// </summary>
    public WriteKey? Find(ReadOnlySpan<char> presented)
    {
        var digest = new KeyDigest(presented);
        WriteKey? found = null;
        foreach (var (held, key) in _keys)
        {
            if (held.Matches(digest))
            {
                found = key;
            }
        }

        return found;
    }
}

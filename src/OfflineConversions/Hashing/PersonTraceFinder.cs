using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Hashing;

/// <summary>The traces that a person has left in payloads, computed from the person's own identifiers.</summary>
internal static class PersonTraceFinder
{
    private static readonly bool[] HashedOrNot = [false, true];

    /// <summary>
    /// Every trace that a person can have left under an e-mail address, a phone number or an external id, whether clear
    /// or hashed (SHA-256, MD5). The keys are normalised and hashed as in events, once for each country that a
    /// connection completes phone numbers with. Empty if none of the keys is usable.
    /// </summary>
    /// <param name="keys">
    /// The person's <see cref="MatchKey.Email"/>, <see cref="MatchKey.Phone"/> and <see cref="MatchKey.ExternalId"/>.
    /// </param>
    /// <param name="countries">
    /// The <c>DefaultCountry</c> of each connection. Numbers are also tried without a country.
    /// </param>
    public static IReadOnlySet<PersonTrace> Of(MatchKeys keys, IEnumerable<string?> countries)
    {
        var traces = new HashSet<PersonTrace>();
        foreach (var country in countries.Append(null).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            foreach (var hashExternalId in HashedOrNot)
            {
                // The shape, the date order and the time affect only keys that an erasure does not search for.
                var hasher = new KeyHasher(
                    new HashingRules(HashMobileAdvertiserId: false, SplitDateOfBirth: false),
                    country,
                    DateOrder.MonthFirst,
                    hashExternalId,
                    requireHashed: false
                );
                foreach (
                    var (key, value) in hasher
                        .Hash(keys, DateTimeOffset.MaxValue, eventTime: null, new Warnings())
                        .Values
                )
                {
                    Add(traces, key, value);
                }
            }

            foreach (var (key, value) in keys.Values)
            {
                foreach (var hash in EarlierHashes(key, value, country))
                {
                    Add(traces, key, hash);
                }
            }
        }

        return traces;
    }

    // A hash can appear under the other key: an e-mail address sent as external id is hashed, and mParticle lets a shop
    // choose which identity is sent as "em", so a hashed customer id may be there.
    private static void Add(HashSet<PersonTrace> traces, MatchKey key, string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        traces.Add(PersonTrace.Of(key, utf8));
        if (IsHash(value) && key is MatchKey.Email or MatchKey.ExternalId)
        {
            traces.Add(PersonTrace.Of(key == MatchKey.Email ? MatchKey.ExternalId : MatchKey.Email, utf8));
        }
    }

    // What stored events can have under a key that today's rules would leave out or hash differently: MD5 hashes, and
    // external ids that were hashed as they were.
    private static IEnumerable<string> EarlierHashes(MatchKey key, string value, string? country)
    {
        if (AlreadyHashed.IsMd5(value))
        {
            yield return value.Trim().ToLowerInvariant();
        }
        else if (Md5(key, value, country) is { } hash)
        {
            yield return hash;
        }

        if (key == MatchKey.ExternalId && AlreadyHashed.Find(value) is null && Normalize.ExternalId(value) is { } id)
        {
            yield return Sha256Hex.Of(id);
        }
    }

    private static string? Md5(MatchKey key, string value, string? country)
    {
        var clear = IsHash(value)
            ? null
            : key switch
            {
                MatchKey.Email => Normalize.Email(value),
                MatchKey.Phone => Normalize.Phone(value, country, out _),
                _ => null,
            };
        // Events of earlier versions may contain MD5 hashes; finding one again requires computing it.
#pragma warning disable CA5351
        return clear is null ? null : Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(clear)));
#pragma warning restore CA5351
    }

    private static bool IsHash(string value) => AlreadyHashed.Find(value) is not null || AlreadyHashed.IsMd5(value);
}

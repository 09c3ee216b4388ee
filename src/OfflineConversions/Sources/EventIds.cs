using System.Security.Cryptography;
using System.Text.Json;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Sources;

/// <summary>Ids for events that have none.</summary>
internal static class EventIds
{
    private const int DigestBytes = 16;

    /// <summary>
    /// The event's own id; without one, a stable id derived from its bytes. An id that contains an e-mail address is
    /// hashed, because ids are not encrypted on disk and appear in the operator's lists.
    /// </summary>
    public static string Of(string? own, params ReadOnlySpan<JsonPart> parts) =>
        own switch
        {
            null => Derive(parts),
            _ when EmailFinder.FindsIn(own) => Sha256Hex.Of(own),
            _ => own,
        };

    /// <summary>
    /// A stable id from the event's own bytes: the same input gives the same id on every run and host, so retries and
    /// repeated uploads are harmless.
    /// </summary>
    private static string Derive(params ReadOnlySpan<JsonPart> parts)
    {
        if (parts.Length == 1)
        {
            // Much cheaper than a context, and bodies may consist of thousands of events without an id.
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(parts[0].Utf8, digest);
            return Convert.ToHexStringLower(digest[..DigestBytes]);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            if (part.ValueKind != JsonValueKind.Undefined)
            {
                hash.AppendData(part.Utf8);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, DigestBytes));
    }
}

using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Conversions;

namespace OfflineConversions.Hashing;

/// <summary>
/// SHA-256 of a text's UTF-8 bytes in lower-case hex: the form in which Meta accepts personal data. An instance reuses
/// its buffers for a series of hashes; it is not thread-safe.
/// </summary>
internal sealed class Sha256Hex
{
    /// <summary>The digits of a hash.</summary>
    public const int Length = 2 * SHA256.HashSizeInBytes;

    // Nearly every event has a country, a state and a gender, and there are only 702 texts of one or two letters.
    private readonly byte[]?[] _shortTexts = new byte[]?[26 * 27];
    private readonly Sha256Lanes _lanes = new();
    private readonly int[] _places = new int[Sha256Lanes.MostMessages];

    /// <summary>64 characters.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Writes the hash of each key that is to be hashed, in UTF-8, to the place of the key. Cheaper than hashing one
    /// after another; texts of one or two letters are hashed once.
    /// </summary>
    /// <param name="keys">The keys.</param>
    /// <param name="hashes"><see cref="Length"/> bytes for each key.</param>
    public void HashEach(ReadOnlySpan<NormalizedKey> keys, Span<byte> hashes)
    {
        Span<byte> utf8 = stackalloc byte[Sha256Lanes.MostBytes];
        for (var place = 0; place < keys.Length; place++)
        {
            var (_, text, toHash) = keys[place];
            if (!toHash)
            {
                continue;
            }

            if (ShortIndex(text) is { } index)
            {
                (_shortTexts[index] ??= Encoding.ASCII.GetBytes(Of(text))).CopyTo(At(hashes, place));
                continue;
            }

            if (!Encoding.UTF8.TryGetBytes(text, utf8, out var length))
            {
                Encoding.ASCII.GetBytes(Of(text), At(hashes, place));
                continue;
            }

            _places[_lanes.Count] = place;
            _lanes.Add(utf8[..length]);
            if (_lanes.Count == Sha256Lanes.MostMessages)
            {
                Finish(hashes);
            }
        }

        Finish(hashes);
    }

    private void Finish(Span<byte> hashes)
    {
        var count = _lanes.Count;
        if (count == 0)
        {
            return;
        }

        _lanes.Run();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var lane = 0; lane < count; lane++)
        {
            _lanes.CopyHash(lane, hash);
            Convert.TryToHexStringLower(hash, At(hashes, _places[lane]), out _);
        }
    }

    private static Span<byte> At(Span<byte> hashes, int place) => hashes.Slice(place * Length, Length);

    private static int? ShortIndex(string text) =>
        text switch
        {
            [>= 'a' and <= 'z' and var only] => only - 'a',
            [>= 'a' and <= 'z' and var first, >= 'a' and <= 'z' and var second] => ((first - 'a' + 1) * 26)
                + second
                - 'a',
            _ => null,
        };
}

/// <summary>A match key that is ready for Meta, or ready to be hashed for Meta.</summary>
/// <param name="Key">Which one it is.</param>
/// <param name="Text">Normalised, or already a hash.</param>
/// <param name="ToHash">Whether Meta receives the SHA-256 of the text in place of it.</param>
internal readonly record struct NormalizedKey(MatchKey Key, string Text, bool ToHash);

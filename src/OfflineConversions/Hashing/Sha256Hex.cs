using System.Security.Cryptography;
using System.Text;

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
    public void HashEach(NormalizedKeys keys, Span<byte> hashes)
    {
        var entries = keys.Entries;
        for (var place = 0; place < entries.Length; place++)
        {
            if (!entries[place].ToHash)
            {
                continue;
            }

            var text = keys.ValueOf(entries[place]);
            if (ShortIndex(text) is { } index)
            {
                (_shortTexts[index] ??= Hash(text)).CopyTo(At(hashes, place));
                continue;
            }

            if (text.Length > Sha256Lanes.MostBytes)
            {
                Hash(text).CopyTo(At(hashes, place));
                continue;
            }

            _places[_lanes.Count] = place;
            _lanes.Add(text);
            if (_lanes.Count == Sha256Lanes.MostMessages)
            {
                Finish(hashes);
            }
        }

        Finish(hashes);
    }

    /// <summary>Forgets the texts of the last run.</summary>
    public void Clear() => _lanes.Clear();

    private static byte[] Hash(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        var hex = new byte[Length];
        Convert.TryToHexStringLower(hash, hex, out _);
        return hex;
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

    private static int? ShortIndex(ReadOnlySpan<byte> text) =>
        text switch
        {
            [>= (byte)'a' and <= (byte)'z' and var only] => only - 'a',
            [>= (byte)'a' and <= (byte)'z' and var first, >= (byte)'a' and <= (byte)'z' and var second] => (
                (first - 'a' + 1) * 26
            )
                + second
                - 'a',
            _ => null,
        };
}

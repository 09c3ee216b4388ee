using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>
/// The first eight bytes of the SHA-256 of texts, eight texts at a time. Enough to find one of ten million texts again,
/// and they do not contain it. Not thread-safe.
/// </summary>
internal sealed class ShortDigests
{
    private readonly Sha256Lanes _lanes = new();
    private readonly int[] _places = new int[Sha256Lanes.MostMessages];

    /// <summary>The digest of a text; zero for an empty one, and never for another.</summary>
    public static ulong Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Existing(BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    /// <summary>The digests of several texts.</summary>
    /// <param name="count">How many texts there are.</param>
    /// <param name="textOf">The text at a place.</param>
    /// <returns>One digest for each text, in order; <see langword="null"/> if all texts are empty.</returns>
    public ulong[]? Of(int count, Func<int, string?> textOf)
    {
        ulong[]? digests = null;
        Span<byte> message = stackalloc byte[Sha256Lanes.MostBytes];
        for (var place = 0; place < count; place++)
        {
            if (textOf(place) is not { Length: > 0 } text)
            {
                continue;
            }

            digests ??= new ulong[count];
            if (!Encoding.UTF8.TryGetBytes(text, message, out var bytes))
            {
                digests[place] = Of(text);
                continue;
            }

            _places[_lanes.Count] = place;
            _lanes.Add(message[..bytes]);
            if (_lanes.Count == Sha256Lanes.MostMessages)
            {
                Run(digests);
            }
        }

        if (digests is not null)
        {
            Run(digests);
        }

        return digests;
    }

    private void Run(ulong[] digests)
    {
        var count = _lanes.Count;
        _lanes.Run();
        for (var lane = 0; lane < count; lane++)
        {
            digests[_places[lane]] = Existing(_lanes.FirstBytes(lane));
        }
    }

    // Zero means that the text is missing.
    private static ulong Existing(ulong digest) => digest == 0 ? 1 : digest;
}

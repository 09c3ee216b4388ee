using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace OfflineConversions.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4) of up to eight short messages side by side, one in each lane of a vector. Match keys are short,
/// and for a short message most of the cost of the framework's function is its call. Without 256-bit vectors, the
/// framework hashes each message. Not thread-safe.
/// </summary>
internal sealed class Sha256Lanes
{
    /// <summary>The most messages of one run.</summary>
    public const int MostMessages = 8;

    /// <summary>The longest message: with its padding and length it must fit one block of 64 bytes.</summary>
    public const int MostBytes = BlockBytes - 9;

    private const int BlockBytes = 64;
    private const int BlockWords = BlockBytes / sizeof(uint);
    private const int HashWords = SHA256.HashSizeInBytes / sizeof(uint);

    // Word t of all messages is a vector: the words of one message are MostMessages apart.
    private readonly uint[] _words = new uint[BlockWords * MostMessages];
    private readonly uint[] _hashes = new uint[HashWords * MostMessages];
    private readonly byte[] _block = new byte[BlockBytes];

    /// <summary>How many messages the next run hashes.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a message to the next run. Its lane is the value of <see cref="Count"/> before the call.</summary>
    /// <param name="message">At most <see cref="MostBytes"/>; the run has at most <see cref="MostMessages"/>.</param>
    public void Add(ReadOnlySpan<byte> message)
    {
        _block.AsSpan().Clear();
        message.CopyTo(_block);
        if (!Vector256.IsHardwareAccelerated)
        {
            SHA256.HashData(message, _block);
            Put(_hashes, HashWords);
        }
        else
        {
            _block[message.Length] = 0x80;
            BinaryPrimitives.WriteInt32BigEndian(_block.AsSpan(BlockBytes - sizeof(int)), message.Length * 8);
            Put(_words, BlockWords);
        }

        Count++;
    }

    /// <summary>Hashes what was added, and begins the next run. The hashes are valid until the next one.</summary>
    public void Run()
    {
        if (Vector256.IsHardwareAccelerated)
        {
            Compress(_words, _hashes);
        }

        Count = 0;
    }

    /// <summary>Writes the hash of one lane, 32 bytes.</summary>
    public void CopyHash(int lane, Span<byte> hash)
    {
        for (var word = 0; word < HashWords; word++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash[(word * sizeof(uint))..], _hashes[(word * MostMessages) + lane]);
        }
    }

    /// <summary>Forgets the messages and the hashes of the last run.</summary>
    public void Clear()
    {
        _words.AsSpan().Clear();
        _hashes.AsSpan().Clear();
        _block.AsSpan().Clear();
    }

    /// <summary>The first eight bytes of the hash of one lane, big-endian.</summary>
    public ulong FirstBytes(int lane) => ((ulong)_hashes[lane] << 32) | _hashes[MostMessages + lane];

    private void Put(uint[] lanes, int words)
    {
        for (var word = 0; word < words; word++)
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(_block.AsSpan(word * sizeof(uint)));
            lanes[(word * MostMessages) + Count] = value;
        }
    }

    // The names are those of FIPS 180-4, section 6.2.2. Every message is one block, so there is no outer loop.
    private static void Compress(ReadOnlySpan<uint> words, Span<uint> hashes)
    {
        Span<Vector256<uint>> schedule = stackalloc Vector256<uint>[RoundConstants.Length];
        for (var t = 0; t < BlockWords; t++)
        {
            schedule[t] = Vector256.Create(words[(t * MostMessages)..]);
        }

        for (var t = BlockWords; t < schedule.Length; t++)
        {
            var before15 = schedule[t - 15];
            var before2 = schedule[t - 2];
            var sigma0 = RotateRight(before15, 7) ^ RotateRight(before15, 18) ^ (before15 >>> 3);
            var sigma1 = RotateRight(before2, 17) ^ RotateRight(before2, 19) ^ (before2 >>> 10);
            schedule[t] = sigma1 + schedule[t - 7] + sigma0 + schedule[t - 16];
        }

        var a = Vector256.Create(InitialHash[0]);
        var b = Vector256.Create(InitialHash[1]);
        var c = Vector256.Create(InitialHash[2]);
        var d = Vector256.Create(InitialHash[3]);
        var e = Vector256.Create(InitialHash[4]);
        var f = Vector256.Create(InitialHash[5]);
        var g = Vector256.Create(InitialHash[6]);
        var h = Vector256.Create(InitialHash[7]);
        for (var t = 0; t < schedule.Length; t++)
        {
            var sum1 = RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25);
            var choice = Vector256.ConditionalSelect(e, f, g);
            var t1 = h + sum1 + choice + Vector256.Create(RoundConstants[t]) + schedule[t];
            var sum0 = RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22);
            var majority = (a & b) | (c & (a | b));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + sum0 + majority;
        }

        Store(0, a, hashes);
        Store(1, b, hashes);
        Store(2, c, hashes);
        Store(3, d, hashes);
        Store(4, e, hashes);
        Store(5, f, hashes);
        Store(6, g, hashes);
        Store(7, h, hashes);
    }

    private static void Store(int word, Vector256<uint> state, Span<uint> hashes) =>
        (state + Vector256.Create(InitialHash[word])).CopyTo(hashes[(word * MostMessages)..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateRight(Vector256<uint> value, [ConstantExpected] byte bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, bits) : (value >>> bits) | (value << (32 - bits));

    private static ReadOnlySpan<uint> InitialHash =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static ReadOnlySpan<uint> RoundConstants =>
        [
            0x428a2f98,
            0x71374491,
            0xb5c0fbcf,
            0xe9b5dba5,
            0x3956c25b,
            0x59f111f1,
            0x923f82a4,
            0xab1c5ed5,
            0xd807aa98,
            0x12835b01,
            0x243185be,
            0x550c7dc3,
            0x72be5d74,
            0x80deb1fe,
            0x9bdc06a7,
            0xc19bf174,
            0xe49b69c1,
            0xefbe4786,
            0x0fc19dc6,
            0x240ca1cc,
            0x2de92c6f,
            0x4a7484aa,
            0x5cb0a9dc,
            0x76f988da,
            0x983e5152,
            0xa831c66d,
            0xb00327c8,
            0xbf597fc7,
            0xc6e00bf3,
            0xd5a79147,
            0x06ca6351,
            0x14292967,
            0x27b70a85,
            0x2e1b2138,
            0x4d2c6dfc,
            0x53380d13,
            0x650a7354,
            0x766a0abb,
            0x81c2c92e,
            0x92722c85,
            0xa2bfe8a1,
            0xa81a664b,
            0xc24b8b70,
            0xc76c51a3,
            0xd192e819,
            0xd6990624,
            0xf40e3585,
            0x106aa070,
            0x19a4c116,
            0x1e376c08,
            0x2748774c,
            0x34b0bcb5,
            0x391c0cb3,
            0x4ed8aa4a,
            0x5b9cca4f,
            0x682e6ff3,
            0x748f82ee,
            0x78a5636f,
            0x84c87814,
            0x8cc70208,
            0x90befffa,
            0xa4506ceb,
            0xbef9a3f7,
            0xc67178f2,
        ];
}

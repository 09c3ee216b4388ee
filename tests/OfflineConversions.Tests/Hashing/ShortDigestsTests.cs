using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

public sealed class ShortDigestsTests
{
    private static readonly string?[] Texts =
    [
        "order-1",
        null,
        "",
        "ü",
        new string('x', 54),
        new string('x', 55),
        new string('x', 56),
        new string('ü', 28),
        .. Enumerable.Range(0, 40).Select(i => $"id {i}"),
    ];

    [Fact]
    public void They_are_the_first_bytes_of_the_SHA_256_however_many_are_computed_at_once()
    {
        var digests = new ShortDigests().Of(Texts.Length, place => Texts[place])!;

        for (var place = 0; place < Texts.Length; place++)
        {
            digests[place].Should().Be(Expected(Texts[place]));
            ShortDigests.Of(Texts[place]).Should().Be(digests[place]);
        }
    }

    [Fact]
    public void Texts_that_are_all_empty_have_none() =>
        new ShortDigests().Of(3, place => place == 1 ? "" : null).Should().BeNull();

    private static ulong Expected(string? text) =>
        string.IsNullOrEmpty(text)
            ? 0
            : BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

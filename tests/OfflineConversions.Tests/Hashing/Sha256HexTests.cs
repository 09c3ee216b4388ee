using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

public sealed class Sha256HexTests
{
    [Fact]
    public void Metas_own_example_comes_out() =>
        Sha256Hex
            .Of("john_smith@gmail.com")
            .Should()
            .Be("62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f");

    [Fact]
    public void Any_text_of_any_length_is_hashed_as_UTF_8() =>
        Prop.ForAll(Some.Text, text =>
            {
                foreach (var length in new[] { 1, 50 })
                {
                    var value = string.Concat(Enumerable.Repeat(text, length));
                    Sha256Hex
                        .Of(value)
                        .Should()
                        .Be(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value))));
                }
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Keys_hashed_together_get_the_hash_that_each_gets_alone() =>
        Prop.ForAll(Keys.ToArbitrary(), keys =>
            {
                var normalized = new NormalizedKeys();
                foreach (var (text, toHash) in keys)
                {
                    normalized.Add(MatchKey.Email, text, toHash);
                }

                var hashes = new byte[keys.Length * Sha256Hex.Length];
                new Sha256Hex().HashEach(normalized, hashes);
                var none = new string('\0', Sha256Hex.Length);
                Encoding
                    .ASCII.GetString(hashes)
                    .Should()
                    .Be(string.Concat(keys.Select(key => key.ToHash ? Sha256Hex.Of(key.Text) : none)));
            })
            .QuickCheckThrowOnFailure();

    // Of every length around the 55 bytes that fit one block, and more of them than fit one run.
    private static Gen<(string Text, bool ToHash)[]> Keys =>
        Gen.Choose(0, 70)
            .SelectMany(length => Some.Text.Generator.Select(text => (text + new string('x', 70))[..length]))
            .Zip(Gen.Elements(true, true, false))
            .Select(key => (Text: key.Item1, ToHash: key.Item2))
            .ArrayOf();
}

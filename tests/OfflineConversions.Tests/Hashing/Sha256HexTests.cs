using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
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
}

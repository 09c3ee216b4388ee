using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

public sealed class AlreadyHashedTests
{
    private const string Sha256 = "8DF99A46F811595E1A1DE5016E2445BC202F72B946482032A75AEC528A0A350D";
    private const string Md5 = "5D41402ABC4B2A76B9719D911017C592";

    [Theory]
    [InlineData(Sha256)]
    public void A_hash_passes_in_lower_case(string hash) =>
        AlreadyHashed.Find($" {hash}\n").Should().Be(hash.ToLowerInvariant());

    [Theory]
    [InlineData(Sha256 + ".AQ")]
    [InlineData(Sha256 + ".AQYCA_-A")]
    public void The_form_of_Metas_parameter_builder_passes_unchanged(string value) =>
        AlreadyHashed.Find(value).Should().Be(value);

    [Theory]
    [InlineData("")]
    [InlineData("jane@example.com")]
    [InlineData(Sha256 + "0")]
    [InlineData(Sha256 + ".A")]
    [InlineData(Sha256 + ".AQY")]
    [InlineData(Sha256 + ".A!")]
    [InlineData(Sha256 + "-AQ")]
    [InlineData(Md5)]
    [InlineData(Sha256 + ".XX")]
    [InlineData("g" + Md5)]
    [InlineData("5D41402ABC4B2A76B9719D911017C59G")]
    [InlineData("5D41402ABC4B2A76B9719D911017C59٣")]
    public void Anything_else_is_not_a_hash(string value) => AlreadyHashed.Find(value).Should().BeNull();
}

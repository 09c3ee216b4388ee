using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// MD5, or a hash with an appendix other than the parameter builder's: left out, with the key's warning, and never
/// hashed again. A SHA-256 passes.
/// </summary>
public sealed class HashFormTests
{
    private static readonly string Hash = Some.Sha256("anything");

    private static readonly string[] Others =
    [
        Hash[..32],
        Hash[..32].ToUpperInvariant(),
        $" {Hash[..32]} ",
        Hash[..40],
        Hash[..56],
        Hash + Hash[..32],
        Hash + Hash,
        Hash[..32] + ".AQ",
        Hash[..32] + ".AQYCAQAA",
        Hash + ".XX",
        Hash + ".aq",
        Hash + ".AQY",
        Hash + ".AQYCAQAAA",
        Hash + ".AQYC!QAA",
        Hash + ".",
        Hash.ToUpperInvariant() + ".appendix-1",
        "jGl25bVBBBW96Qi9Te4V37Fnqchz/Eu4qB9vKrRIqRg=",
    ];

    public static TheoryData<string, MetaApi, MatchKey> HashedKeys =>
        Identity.Places(key => key is <= MatchKey.Country and not MatchKey.DateOfBirth);

    [Theory]
    [MemberData(nameof(HashedKeys))]
    public void Another_hash_is_left_out_and_never_hashed_again(string source, MetaApi api, MatchKey key)
    {
        foreach (var value in Others)
        {
            var result = Identity.Map(source, api, (key, value), (SecondKey(key), Hash));
            result.Warnings.Should().Equal([WarningOf(key)], "{0} is {1}", key, value);
            result.Reason.Should().BeNull();
            result.Of(key).Should().BeNull(value);
        }
    }

    [Theory]
    [MemberData(nameof(HashedKeys))]
    public void A_SHA_256_passes_in_lower_case_and_with_the_builders_appendix(string source, MetaApi api, MatchKey key)
    {
        foreach (
            var (value, expected) in new[]
            {
                (Hash, Hash),
                (Hash.ToUpperInvariant(), Hash),
                ($"\t{Hash}\n", Hash),
                (Hash + ".AQ", Hash + ".AQ"),
                (Hash + ".Ag", Hash + ".Ag"),
                (Hash + ".Aw", Hash + ".Aw"),
                (Hash + ".BA", Hash + ".BA"),
                (Hash + ".BQ", Hash + ".BQ"),
                (Hash + ".Bg", Hash + ".Bg"),
                (Hash + ".AQYCAQAA", Hash + ".AQYCAQAA"),
                (Hash + ".AQYBA_-A", Hash + ".AQYBA_-A"),
            }
        )
        {
            var result = Identity.Map(source, api, (key, value), (SecondKey(key), Hash));
            result.Of(key).Should().Be(expected);
            result.Warnings.Should().BeEmpty();
        }
    }

    [Fact]
    public void An_external_id_that_looks_like_another_hash_is_an_id()
    {
        Identity
            .Map(SourceName.Segment, MetaApi.ConversionsApi, MatchKey.ExternalId, Hash[..32].ToUpperInvariant())
            .Of(MatchKey.ExternalId)
            .Should()
            .Be(Hash[..32].ToUpperInvariant());

        var body = JsonPath.Set(Identity.Body(SourceName.Segment), "userId", $"\"{Hash[..32].ToUpperInvariant()}\"");
        Some.Segment(options => options.HashExternalId = true)
            .MapOne(body)
            .Of(MatchKey.ExternalId)
            .Should()
            .Be(Hash[..32], "the pixel's library does not hash it again either");
    }

    // Makes the event sendable.
    private static MatchKey SecondKey(MatchKey key) => key == MatchKey.Email ? MatchKey.Phone : MatchKey.Email;

    private static string WarningOf(MatchKey key) =>
        key switch
        {
            MatchKey.FirstName or MatchKey.LastName => "invalid_name",
            _ => $"invalid_{key.ToString().ToLowerInvariant()}",
        };
}

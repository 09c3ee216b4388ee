using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// <c>HashExternalId</c>: the id is trimmed, stripped of inner blanks and lower-cased before it is hashed, as in the
/// pixel's library. Without the setting it is only trimmed.
/// </summary>
public sealed class ExternalIdTests
{
    public static TheoryData<string, MetaApi, MatchKey> Places => Identity.Places(key => key == MatchKey.ExternalId);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_hashed_id_has_no_blanks_and_no_capitals(string source, MetaApi api, MatchKey key)
    {
        foreach (
            var (value, normalized) in new[]
            {
                ("User 42", "user42"),
                ("  ABC-123  ", "abc-123"),
                ("a\tb\u00A0c\nd", "abcd"),
                ("ÄÖÜ 1", "äöü1"),
                ("cust_001", "cust_001"),
                ("4711", "4711"),
            }
        )
        {
            MapHashing(source, api, value).Of(key).Should().Be(Some.Sha256(normalized), value);
            Identity.Map(source, api, key, value).Of(key).Should().Be(value.Trim());
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_hash_is_not_hashed_again(string source, MetaApi api, MatchKey key)
    {
        var hash = Some.Sha256("anything");
        MapHashing(source, api, hash.ToUpperInvariant()).Of(key).Should().Be(hash);
        MapHashing(source, api, hash + ".AQYCAQAA").Of(key).Should().Be(hash + ".AQYCAQAA");
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void An_id_that_looks_like_another_hash_is_not_hashed_again(string source, MetaApi api, MatchKey key)
    {
        // A GUID without hyphens looks the same. The pixel's library does not hash it either.
        MapHashing(source, api, "0123456789ABCDEF0123456789abcdef")
            .Of(key)
            .Should()
            .Be("0123456789abcdef0123456789abcdef");
    }

    private static EventResult MapHashing(string source, MetaApi api, string id) =>
        Identity
            .Options(source, options =>
            {
                options.Api = api;
                options.HashExternalId = true;
            })
            .MapOne(
                JsonPath.Set(
                    Identity.Body(source),
                    source == SourceName.CommandersAct ? "user.id" : "userId",
                    System.Text.Json.JsonSerializer.Serialize(id)
                )
            );
}

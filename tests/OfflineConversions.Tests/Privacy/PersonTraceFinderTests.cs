using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Privacy;

public sealed class PersonTraceFinderTests
{
    private static readonly string Jane = Sha256Hex.Of("jane.doe@example.com");
    private static readonly string Id = Sha256Hex.Of("Customer-17");

    [Theory]
    [InlineData(MatchKey.Email, " Jane.Doe@Example.com ")]
    [InlineData(MatchKey.Phone, "+1 (415) 555-0100")]
    [InlineData(MatchKey.ExternalId, "Customer-17")]
    [InlineData(MatchKey.ExternalId, "jane.doe@example.com")]
    public void A_person_is_found_in_both_shapes_by_what_they_are_known_by(MatchKey key, string value)
    {
        foreach (
            var payload in new[]
            {
                WholePerson("user_data", "em", "ph", "external_id"),
                WholePerson("match_keys", "email", "phone", "extern_id"),
            }
        )
        {
            Finds(payload, key, value).Should().BeTrue(payload);
        }
    }

    [Theory]
    [InlineData(MatchKey.Email, "john.doe@example.com")]
    [InlineData(MatchKey.Phone, "+1 415 555 0101")]
    [InlineData(MatchKey.ExternalId, "customer-17")]
    [InlineData(MatchKey.ExternalId, "order-1")]
    public void Nobody_else_is(MatchKey key, string value) =>
        Finds(WholePerson("user_data", "em", "ph", "external_id"), key, value).Should().BeFalse();

    [Fact]
    public void A_hash_finds_what_its_clear_value_finds()
    {
        var payload = WholePerson("user_data", "em", "ph", "external_id");

        Finds(payload, MatchKey.Email, Jane).Should().BeTrue();
        Finds(payload, MatchKey.Email, Jane.ToUpperInvariant()).Should().BeTrue();
        Finds(payload, MatchKey.Phone, Sha256Hex.Of("14155550100")).Should().BeTrue();
    }

    [Fact]
    public void What_a_shop_has_hashed_in_another_way_is_found_too()
    {
#pragma warning disable CA5351 // As some shops do.
        var md5 = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes("jane.doe@example.com")));
#pragma warning restore CA5351
        Finds($$$"""{"user_data":{"em":["{{{md5}}}"]}}""", MatchKey.Email, "jane.doe@example.com").Should().BeTrue();
        Finds(
                $$$"""{"user_data":{"em":["{{{Jane.ToUpperInvariant()}}}.AQIBAQEA"]}}""",
                MatchKey.Email,
                "jane.doe@example.com"
            )
            .Should()
            .BeTrue();
        Finds($$$"""{"user_data":{"external_id":["{{{Id}}}"]}}""", MatchKey.ExternalId, "Customer-17")
            .Should()
            .BeTrue("HashExternalId may be on");
        Finds($$$"""{"user_data":{"em":["{{{Id}}}"]}}""", MatchKey.ExternalId, "Customer-17")
            .Should()
            .BeTrue("mParticle may send another identity than the e-mail");
    }

    [Fact]
    public void A_number_without_country_code_is_found_as_every_connection_completes_it()
    {
        foreach (var digits in new[] { "49301234567", "14155550100" })
        {
            var payload = $$$"""{"user_data":{"ph":["{{{Sha256Hex.Of(digits)}}}"]}}""";
            Finds(payload, MatchKey.Phone, digits == "14155550100" ? "(415) 555-0100" : "030 1234567", "DE", "US")
                .Should()
                .BeTrue(digits);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("12")]
    [InlineData("{\"user_data\":7}")]
    [InlineData("{\"user_data\":{\"em\":{\"a\":1},\"ph\":[[1],{}],\"x\":[1]}")]
    public void What_is_no_payload_is_nobodys(string payload) =>
        Finds(payload, MatchKey.Email, "jane.doe@example.com").Should().BeFalse();

    [Theory]
    [InlineData(MatchKey.Email, "nobody")]
    [InlineData(MatchKey.Phone, "12")]
    [InlineData(MatchKey.ExternalId, " ")]
    public void What_no_event_could_hold_has_no_trace(MatchKey key, string value) =>
        Traces(key, value).Should().BeEmpty();

    [Fact]
    public void A_trace_is_not_the_hash_that_Meta_gets()
    {
        foreach (var trace in Traces(MatchKey.Email, "jane.doe@example.com"))
        {
            Jane.Should().NotContain(Convert.ToHexStringLower(trace.ToBytes()));
            PersonTrace.Read(trace.ToBytes()).Should().Be(trace);
        }
    }

    private static string WholePerson(string keys, string email, string phone, string externalId) =>
        $$$"""
            {"event_name":"Purchase","event_id":"order-1","custom":{"em":["x"],"external_id":"order-1"},
             "{{{keys}}}":{"{{{email}}}":["{{{Sha256Hex.Of(
                "first@example.com"
            )}}}","{{{Jane}}}"],"fn":"x","{{{phone}}}":["{{{Sha256Hex.Of("14155550100")}}}"],
             "{{{externalId}}}":["Customer-17","{{{Jane}}}"]},"after":{"order":"order-1"}}
            """;

    private static bool Finds(string payload, MatchKey key, string value, params string?[] countries)
    {
        var traces = Traces(key, value, countries);
        traces.Should().NotBeEmpty();
        return PayloadReader.HasTrace(Encoding.UTF8.GetBytes(payload), traces.Contains);
    }

    private static IReadOnlySet<PersonTrace> Traces(MatchKey key, string value, params string?[] countries)
    {
        var keys = new MatchKeys();
        keys.Add(key, value);
        return PersonTraceFinder.Of(keys, countries);
    }
}

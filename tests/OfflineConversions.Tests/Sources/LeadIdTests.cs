using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary><c>lead_id</c> that is not 15 to 17 digits: left out, warning <c>invalid_lead_id</c>.</summary>
public sealed class LeadIdTests
{
    public static TheoryData<string, MetaApi, MatchKey> Places => Identity.Places(key => key is MatchKey.LeadId);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_lead_id_has_15_to_17_digits(string source, MetaApi api, MatchKey key)
    {
        foreach (var id in new[] { "123456789012345", "1234567890123456", "12345678901234567", "000000000000001" })
        {
            foreach (var written in new[] { id, $" {id}\n", "l:" + id, "L: " + id })
            {
                var result = Identity.Map(source, api, (key, written), (MatchKey.Email, "a@b.co"));
                result.Of(key).Should().Be(id);
                result.Warnings.Should().BeEmpty();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Anything_else_is_left_out(string source, MetaApi api, MatchKey key)
    {
        foreach (
            var id in new[]
            {
                "1",
                "12345678901234",
                "123456789012345678",
                "1234567890123456a",
                "1234 5678 9012 3456",
                "1234567890123456.5",
                "-123456789012345",
                "+123456789012345",
                "l:",
                "l:12345",
                "leadId-value",
                "lead_123456789012345",
                "１２３４５６７８９０１２３４５",
                "38400000-8cf0-11bd-b23e-10b96e40000d",
                Some.Sha256("1234567890123456"),
            }
        )
        {
            var result = Identity.Map(source, api, key, id);
            result.Reason.Should().Be("insufficient_customer_information", id);
            result.Warnings.Should().Equal("invalid_lead_id");
        }
    }
}

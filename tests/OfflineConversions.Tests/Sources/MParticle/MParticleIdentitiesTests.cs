using OfflineConversions.Conversions;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.MParticle;

/// <summary>mParticle's user identities and attributes.</summary>
public sealed class MParticleIdentitiesTests
{
    private const string Batch = """
        {"environment":"production","user_identities":{"email":"a@b.co"},
         "events":[{"event_type":"commerce_event","data":{"currency_code":"EUR","product_action":{"action":"purchase",
          "total_amount":5}}}]}
        """;

    [Fact]
    public void Identities_may_be_a_list_as_mParticles_webhook_sends_them() =>
        Some.MParticle()
            .MapOne(
                JsonPath.Set(
                    Batch,
                    "user_identities",
                    """[{"identity_type":"email","identity":"x@y.de"},{"identity_type":"customer_id","identity":"7"}]"""
                )
            )
            .Payload()["user_data"]!
            ["em"]
            .ShouldBe($"""["{Some.Sha256("x@y.de")}"]""");

    [Fact]
    public void A_deleted_attribute_is_not_used() =>
        Some.MParticle()
            .MapOne(
                JsonPath.Set(
                    JsonPath.Set(Batch, "user_attributes.$City", "\"Rome\""),
                    "deleted_user_attributes",
                    """["$city"]"""
                )
            )
            .Payload()["user_data"]!
            .AsObject()
            .Should()
            .NotContainKey("ct");

    public static TheoryData<string> IdentityTypes => [.. MParticleIdentities.Types.Where(type => type != "email")];

    [Theory]
    [MemberData(nameof(IdentityTypes))]
    public void Any_other_identity_type_is_forwarded_only_as_a_hash(string type)
    {
        var options = Some.MParticle(options =>
        {
            options.Of<MParticleOptions>().EmailType = type;
            options.HashExternalId = false;
        });
        var hash = Some.Sha256("b");
        var withHash = JsonPath.Set(Batch, "user_identities." + type, $"\"{hash}\"");
        var clear = JsonPath.Set(
            JsonPath.Set(Batch, "user_identities." + type, "\"x@y.de\""),
            "device_info.ios_advertising_id",
            "\"07d2ebaa-e956-407e-a1e6-f05f871bf4e2\""
        );

        options.MapOne(withHash).Payload()["user_data"]!["em"].ShouldBe($"""["{hash}"]""");
        var result = options.MapOne(clear);
        result.Warnings.Should().Contain("unhashed_identity");
        result.Payload()["user_data"]!.AsObject().Should().NotContainKey("em");
    }

    [Fact]
    public void The_identity_types_are_the_22_of_mParticles_page() =>
        MParticleIdentities
            .Types.Should()
            .BeEquivalentTo(
                "other",
                "customer_id",
                "facebook",
                "twitter",
                "google",
                "microsoft",
                "yahoo",
                "email",
                "alias",
                "facebook_custom_audience_id",
                "other_id_2",
                "other_id_3",
                "other_id_4",
                "other_id_5",
                "other_id_6",
                "other_id_7",
                "other_id_8",
                "other_id_9",
                "other_id_10",
                "mobile_number",
                "phone_number_2",
                "phone_number_3"
            );

    [Theory]
    [InlineData("Customer ID", "customer_id")]
    [InlineData("customer_id", "customer_id")]
    [InlineData("customerid", "customer_id")]
    [InlineData("CustomerId", "customer_id")]
    [InlineData("Other 10", "other_id_10")]
    [InlineData("other_id_10", "other_id_10")]
    [InlineData("Other 2", "other_id_2")]
    [InlineData("Other10", "other_id_10")]
    [InlineData("Mobile Number", "mobile_number")]
    [InlineData("Mobile", "mobile_number")]
    [InlineData("Phone Number", "mobile_number")]
    [InlineData("Customer", "customer_id")]
    [InlineData("Facebook Audience ID", "facebook_custom_audience_id")]
    [InlineData("Facebook Custom Audience ID", "facebook_custom_audience_id")]
    [InlineData("EMAIL", "email")]
    [InlineData("Email", "email")]
    [InlineData("Nickname", null)]
    public void An_identity_type_is_known_by_wire_name_display_name_and_SDK_name(string name, string? type) =>
        MParticleIdentities.TypeOf(name).Should().Be(type);
}

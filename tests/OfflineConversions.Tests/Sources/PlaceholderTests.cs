using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// Placeholder text in any identity field, in any case, and the hashes of the empty text: treated as absent, with the
/// warning <c>placeholder</c>. They never make an event sendable.
/// </summary>
public sealed class PlaceholderTests
{
    private static readonly string[] Texts =
    [
        "null",
        "NULL",
        "Null",
        " null ",
        "\tNULL\n",
        "(null)",
        "(NULL)",
        "<null>",
        "[null]",
        "\"null\"",
        "'null'",
        "undefined",
        "UNDEFINED",
        "Undefined ",
        "none",
        "None",
        "n/a",
        "N/A",
        "#N/A",
        "nan",
        "NaN",
        "NAN",
        "[object Object]",
        "[OBJECT OBJECT]",
        "[object Undefined]",
        "unknown",
        "Unknown",
        " UNKNOWN",
        "(unknown)",
        "(not set)",
        "#NAME?",
        "n.a",
        "[object%20Object]",
        "undefined undefined",
        "null null",
        "{{email}}",
        "{{ customer.email }}",
        "${user.email}",
        "#{user.email}",
        "%%EMAIL%%",
        "__EMAIL__",
        "\u200Bnull\uFEFF",
        "\u00A0null\u00A0",
    ];

    private static readonly string[] Hashes =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        " e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.AQ",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.AQYCAQAA",
        "d41d8cd98f00b204e9800998ecf8427e",
        "D41D8CD98F00B204E9800998ECF8427E",
        new('0', 64),
        new('f', 64),
        new('A', 64),
        new('0', 32),
        Some.Sha256("null"),
        Some.Sha256("undefined"),
        Some.Sha256("[object object]"),
    ];

    public static TheoryData<string, MetaApi, MatchKey> Places => Identity.Places(_ => true);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_placeholder_is_absent_and_makes_no_event_sendable(string source, MetaApi api, MatchKey key)
    {
        foreach (var text in Texts.Concat(Hashes))
        {
            var result = Identity.Map(source, api, key, text);
            result.Outcome.Should().Be(Outcome.Rejected, text);
            result.Reason.Should().Be("insufficient_customer_information");
            result.Warnings.Should().Equal(["placeholder"], "{0} is {1}", key, text);
        }
    }

    [Theory]
    [InlineData("Nullmeyer")]
    [InlineData("None-Smith")]
    [InlineData("Unknowna")]
    [InlineData("Nan Li")]
    [InlineData("Undefined Behavior")]
    [InlineData("Na")]
    [InlineData("{Ana}")]
    public void A_name_that_only_contains_such_a_word_is_a_name(string name) =>
        Identity.Map(SourceName.Segment, MetaApi.ConversionsApi, MatchKey.LastName, name).Warnings.Should().BeEmpty();

    [Fact]
    public void The_next_place_of_a_key_counts_after_a_placeholder()
    {
        var segment = JsonPath.Set(
            JsonPath.Set(Identity.Body(SourceName.Segment), "context.traits.email", "\"undefined\""),
            "traits.email",
            "\"a@b.co\""
        );
        var result = Some.Segment().MapOne(segment);
        result.Of(MatchKey.Email).Should().Be(Some.Sha256("a@b.co"));
        result.Warnings.Should().Equal("placeholder");

        var hashed = JsonPath.Set(
            JsonPath.Set(Identity.Body(SourceName.CommandersAct), "user.email", "\"null\""),
            "user.email_sha256",
            $"\"{Some.Sha256("a@b.co")}\""
        );
        Some.CommandersAct().MapOne(hashed).Of(MatchKey.Email).Should().Be(Some.Sha256("a@b.co"));
    }

    [Fact]
    public void A_placeholder_in_an_override_leaves_the_persons_own_value()
    {
        var body = JsonPath.Set(
            JsonPath.Set(Identity.Body(SourceName.CommandersAct), "user.email", "\"a@b.co\""),
            "integrations.facebook.user_data.em",
            """["null",""]"""
        );
        var result = Some.CommandersAct().MapOne(body);
        result.Of(MatchKey.Email).Should().Be(Some.Sha256("a@b.co"));
        result.Warnings.Should().Equal("placeholder");
    }

    [Fact]
    public void The_other_entries_of_a_list_are_used()
    {
        var body = JsonPath.Set(
            Identity.Body(SourceName.Segment),
            "context.traits.email",
            """["none","a@b.co","N/A"]"""
        );
        var result = Some.Segment().MapOne(body);
        result.Of(MatchKey.Email).Should().Be(Some.Sha256("a@b.co"));
        result.Warnings.Should().Equal("placeholder");
    }

    [Fact]
    public void A_placeholder_of_a_first_name_leaves_room_for_the_full_name()
    {
        var body = JsonPath.Set(
            JsonPath.Set(Identity.Body(SourceName.Segment), "context.traits.firstName", "\"undefined\""),
            "context.traits.name",
            "\"Ana Lee\""
        );
        Some.Segment().MapOne(body).Of(MatchKey.FirstName).Should().Be(Some.Sha256("ana"));
    }
}

using OfflineConversions.Conversions;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Tests.Targets.Meta;

/// <summary>Each check on a Commanders Act event, whose defaults add nothing.</summary>
public class EventJudgeTests
{
    private const string Purchase =
        """{"event_name":"purchase","value":1,"currency":"EUR","user":{"email":"a@b.co"},"context":{"event_id":"e"}}""";

    [Theory]
    [InlineData("user", "{}", "insufficient_customer_information")]
    [InlineData("user", """{"email":"no address"}""", "insufficient_customer_information")]
    [InlineData(
        "user",
        """{"gender":"f","city":"Rome","zipcode":"00100","country":"it","state":"Lazio"}""",
        "insufficient_customer_information"
    )]
    [InlineData("user", """{"birthdate":"1990-01-01"}""", "insufficient_customer_information")]
    [InlineData("user", """{"firstname":"a","gender":"f"}""", "insufficient_customer_information")]
    [InlineData("user", """{"lastname":"a","gender":"f"}""", "insufficient_customer_information")]
    [InlineData("event_timestamp", "1794657599", "too_old")]
    [InlineData("event_timestamp", "1794657600", null)]
    [InlineData("currency", "null", "missing_currency")]
    [InlineData("currency", "\"EURO\"", "unknown_currency")]
    [InlineData("currency", "\"XYZ\"", "unknown_currency")]
    [InlineData("currency", "\" eur \"", null)]
    [InlineData("value", "null", "missing_value")]
    [InlineData("value", "\"free\"", "invalid_value")]
    [InlineData("value", "1e400", "invalid_value")]
    [InlineData("event_name", "\" \"", "missing_event_name")]
    public void A_purchase_that_Meta_would_refuse_is_rejected(string path, string value, string? reason)
    {
        var result = Some.CommandersAct()
            .MapOne(JsonPath.Set(Purchase, path, value.Replace("1e400", "\"1e400\"", StringComparison.Ordinal)));
        result.Reason.Should().Be(reason);
        result.Outcome.Should().Be(reason is null ? Outcome.Accepted : Outcome.Rejected);
    }

    [Fact]
    public void A_store_visit_may_be_62_days_old()
    {
        var visit = JsonPath.Set(Purchase, "type", "\"offline\"");
        var limit = Some.Now.AddDays(-62).ToUnixTimeSeconds();
        Some.CommandersAct()
            .MapOne(JsonPath.Set(visit, "event_timestamp", $"{limit}"))
            .Outcome.Should()
            .Be(Outcome.Accepted);
        Some.CommandersAct()
            .MapOne(JsonPath.Set(visit, "event_timestamp", $"{limit - 1}"))
            .Reason.Should()
            .Be("too_old");
    }

    [Fact]
    public void The_acceptance_windows_are_settings_and_decide_when_a_delivery_expires()
    {
        var old = JsonPath.Set(Purchase, "event_timestamp", $"{Some.Now.AddDays(-8).ToUnixTimeSeconds()}");
        var result = Some.CommandersAct(options => options.AcceptanceWindow = TimeSpan.FromDays(9)).MapOne(old);
        result.Deliveries[0].ExpiresAt.Should().Be(Some.Now.AddDays(1));
    }

    [Fact]
    public void An_event_of_the_future_is_sent_with_the_time_of_its_receipt()
    {
        var result = Some.CommandersAct()
            .MapOne(JsonPath.Set(Purchase, "event_timestamp", $"{Some.Now.AddHours(1).ToUnixTimeSeconds()}"));
        result.Payload()["event_time"]!.GetValue<long>().Should().Be(Some.Now.ToUnixTimeSeconds());
        result.Warnings.Should().Equal("clock_skew", "missing_user_agent");
    }

    [Fact]
    public void An_unknown_action_source_is_replaced_by_the_connections()
    {
        var result = Some.CommandersAct()
            .MapOne(JsonPath.Set(Purchase, "integrations.facebook.action_source", "\"market\""));
        result.Payload()["action_source"]!.ToString().Should().Be("physical_store");
        result.Warnings.Should().Equal("unknown_action_source");
    }
}

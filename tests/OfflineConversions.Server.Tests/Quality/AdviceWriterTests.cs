using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Quality;

namespace OfflineConversions.Server.Tests.Quality;

/// <summary>What to improve, in the order in which Meta weighs match keys.</summary>
public sealed class AdviceWriterTests
{
    [Fact]
    public void Without_events_there_is_no_advice() => Advise().Should().BeEmpty();

    [Fact]
    public void Good_events_get_none()
    {
        var counts = new[] { "em", "ph", "fn", "ln", "external_id" }.Select(key => Key(key, 90));
        Advise([Events(ActionSource.PhysicalStore, 100), .. counts]).Should().BeEmpty();
    }

    [Fact]
    public void Shops_are_not_asked_for_what_only_browsers_have()
    {
        Keys(Advise(Events(ActionSource.PhysicalStore, 100), Key("em", 10), Key("ph", 80)))
            .Should()
            .Equal("em", "fn", "ln", "external_id");
        Keys(Advise(Events("website", 100), Key("em", 10), Key("ph", 80)))
            .Should()
            .Equal("em", "client_ip_address", "client_user_agent", "fbp", "fbc", "fn", "ln", "external_id");
    }

    [Fact]
    public void Few_clicks_on_ads_are_no_fault_but_none_at_all_may_be() =>
        Keys(Advise(Events("website", 100), Key("fbc", 1))).Should().NotContain("fbc");

    [Fact]
    public void Bad_values_follow_the_key_that_they_are_about_with_their_remedy()
    {
        var advice = Advise(
            Events(ActionSource.PhysicalStore, 100),
            Key("em", 80),
            Key("ph", 50),
            new RollUpCount(RollUpKind.Warning, Warning.InvalidPhone, 30),
            new RollUpCount(RollUpKind.Warning, Warning.InvalidCountry, 20),
            new RollUpCount(RollUpKind.Warning, Warning.PropertyNotSent, 100)
        );

        Keys(advice).Should().Equal("ph", "ph", "fn", "ln", "external_id", "country");
        advice[0].Text.Should().StartWith("50 % of the events have a phone number (`user_data.ph`).");
        advice[1]
            .Text.Should()
            .Be("`user_data.ph`: 30 times `invalid_phone`. Send one number of 7 to 15 digits with its country code.");
    }

    [Fact]
    public void A_bad_value_in_a_thousand_is_not_worth_advice() =>
        Keys(
                Advise(
                    Events("website", 1000),
                    Key("em", 900),
                    new RollUpCount(RollUpKind.Warning, Warning.InvalidEmail, 1)
                )
            )
            .Should()
            .NotContain("em");

    [Theory]
    [InlineData("website", 6, false)]
    [InlineData("website", 7, true)]
    [InlineData("physical_store", 10, false)]
    [InlineData("physical_store", 11, true)]
    public void Late_events_are_reported_after_an_hour_for_the_web_and_after_a_day_for_shops(
        string source,
        int bucket,
        bool isLate
    ) =>
        Keys(Advise(Events(source, 100), new RollUpCount(QualityKind.Age, Freshness.NameOf(bucket), 100)))
            .Contains("event_time")
            .Should()
            .Be(isLate);

    private static RollUpCount Events(string source, int count) => new(QualityKind.Events, source, count);

    private static RollUpCount Key(string key, int count) => new(QualityKind.MatchKey, key, count);

    private static IEnumerable<string> Keys(IEnumerable<Advice> advice) => advice.Select(one => one.Key);

    private static IReadOnlyList<Advice> Advise(params RollUpCount[] counts)
    {
        var figures = new QualityFigures();
        foreach (var count in counts)
        {
            figures.Add(new RollUp(DateTimeOffset.UnixEpoch, "stores", count.Kind, count.Name, count.Count));
        }

        return AdviceWriter.Write(figures);
    }
}

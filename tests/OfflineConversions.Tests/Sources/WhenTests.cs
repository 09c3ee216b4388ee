using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>When an event happened, and when it is a repeat, for every source and both shapes.</summary>
public class WhenTests
{
    [Theory]
    [InlineData("\"2026-11-20 16:11:00 UTC\"")]
    [InlineData("\"2026-11-20 16:11:00.123456 UTC\"")]
    [InlineData("\"Fri, 20 Nov 2026 16:11:00 GMT\"")]
    [InlineData("\"Fri, 20 Nov 2026 17:11:00 +0100\"")]
    [InlineData("\"Fri Nov 20 2026 17:11:00 GMT+0100 (Central European Time)\"")]
    [InlineData("\"2026-11-20T17:11:00+01:00[Europe/Paris]\"")]
    [InlineData("\"2026-11-20T17:11:00+0100\"")]
    [InlineData("1795191060")]
    [InlineData("1795191060000")]
    [InlineData("1795191060000000")]
    [InlineData("1795191060000000000")]
    [InlineData("\"1795191060\"")]
    [InlineData("\"1795191060000\"")]
    [InlineData("\"1795191060000000\"")]
    [InlineData("\"1795191060000000000\"")]
    [InlineData("\"11/20/2026 4:11:00 PM\"")]
    public void A_time_is_read_at_every_source(string time)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale.Purchase(source, api).At(time).Map();
            result.Payload()["event_time"]!.GetValue<long>().Should().Be(1795191060, source);
            result.Warnings.Should().NotContain("invalid_time", source);
        }
    }

    [Theory]
    [InlineData("10/11/2026 12:00", DateOrder.MonthFirst, "2026-10-11T12:00:00Z")]
    [InlineData("10/11/2026 12:00", DateOrder.DayFirst, "2026-11-10T12:00:00Z")]
    [InlineData("10.11.2026", DateOrder.DayFirst, "2026-11-10T00:00:00Z")]
    [InlineData("11/19/2026", DateOrder.DayFirst, "2026-11-19T00:00:00Z")]
    [InlineData("19/11/2026", DateOrder.MonthFirst, "2026-11-19T00:00:00Z")]
    public void A_date_with_the_year_last_follows_the_connections_date_order(
        string time,
        DateOrder order,
        string expected
    )
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale
                .Purchase(source, api)
                .At($"\"{time}\"")
                .Map(options =>
                {
                    options.DateOrder = order;
                    options.AcceptanceWindow = TimeSpan.FromDays(60);
                });
            DateTimeOffset
                .FromUnixTimeSeconds(result.Payload()["event_time"]!.GetValue<long>())
                .ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture)
                .Should()
                .Be(expected, source);
        }
    }

    [Fact]
    public void Without_a_setting_RudderStack_reads_the_day_first_and_the_others_the_month()
    {
        foreach (var source in SourceName.All)
        {
            var expected = source == SourceName.RudderStack ? "2026-11-10" : "2026-10-11";
            SomeSale
                .Purchase(source)
                .At("\"10/11/2026\"")
                .Map(options => options.AcceptanceWindow = TimeSpan.FromDays(60))
                .Payload()["event_time"]!
                .GetValue<long>()
                .Should()
                .Be(
                    DateTimeOffset
                        .Parse(expected + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
                        .ToUnixTimeSeconds()
                );
        }
    }

    [Theory]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2026-13-01\"")]
    [InlineData("true")]
    [InlineData("{}", false)]
    public void A_time_that_cannot_be_read_is_the_time_of_receipt(string time, bool isNoted = true)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var result = SomeSale.Purchase(source, api).At(time).Map();
            result.Payload()["event_time"]!.GetValue<long>().Should().Be(Some.Now.ToUnixTimeSeconds(), source);
            result.Warnings.Contains("invalid_time").Should().Be(isNoted, source);
        }
    }

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, false, null)]
    [InlineData(false, true, null)]
    [InlineData(true, true, null)]
    public void A_repeat_of_an_event_with_neither_id_nor_time_counts_as_a_duplicate_for_an_hour(
        bool hasId,
        bool hasTime,
        int? hours
    )
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var sale = SomeSale.Purchase(source, api);
            if (!hasId)
            {
                sale.Set(
                    source switch
                    {
                        SourceName.MParticle => "events.0.data.source_message_id",
                        SourceName.CommandersAct => "context.event_id",
                        _ => "messageId",
                    },
                    "null"
                );
            }

            if (hasTime)
            {
                sale.At("1795191060");
            }

            sale.Map()
                .Deliveries.Should()
                .ContainSingle()
                .Which.LongestDeduplication.Should()
                .Be(hours is { } limit ? TimeSpan.FromHours(limit) : null, source);
        }
    }

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("[\"m\"]")]
    [InlineData("\" \"")]
    public void An_id_that_is_no_text_is_no_id_of_its_own(string id)
    {
        foreach (var (source, api) in SomeSale.Everywhere)
        {
            var path = source switch
            {
                SourceName.MParticle => "events.0.data.source_message_id",
                SourceName.CommandersAct => "context.event_id",
                _ => "messageId",
            };
            SomeSale
                .Purchase(source, api)
                .Set(path, id)
                .Map()
                .Deliveries[0]
                .LongestDeduplication.Should()
                .Be(TimeSpan.FromHours(1), source);
        }
    }

    [Fact]
    public void The_id_of_a_Segment_batch_is_not_that_of_its_messages() =>
        Some.Segment()
            .Map(
                """
                {"messageId":"batch","batch":[{"type":"track","event":"Order Completed",
                 "properties":{"revenue":5},"context":{"traits":{"email":"a@b.co"}}}]}
                """
            )[0]
            .Deliveries[0]
            .LongestDeduplication.Should()
            .Be(TimeSpan.FromHours(1));

    [Fact]
    public void A_time_that_cannot_be_read_is_no_time_of_its_own() =>
        SomeSale
            .Purchase(SourceName.Segment)
            .Set("messageId", "null")
            .At("\"yesterday\"")
            .Map()
            .Deliveries[0]
            .LongestDeduplication.Should()
            .Be(TimeSpan.FromHours(1));
}

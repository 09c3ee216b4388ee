using OfflineConversions.Conversions;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>A privacy choice is passed on as it was meant, or the event is rejected.</summary>
public class DataProcessingOptionsTests
{
    [Theory]
    [InlineData("""[["LDU"],1,1000]""", """["LDU"]""", 1, 1000)]
    [InlineData("""[["ldu"],1,1000]""", """["LDU"]""", 1, 1000)]
    [InlineData("""[[" Ldu "],0,0]""", """["LDU"]""", 0, 0)]
    [InlineData("""["ldu",1,1013]""", """["LDU"]""", 1, 1013)]
    [InlineData("""[["LDU","ldu"],1,1001]""", """["LDU"]""", 1, 1001)]
    [InlineData("""[["LDU"],"1","1000"]""", """["LDU"]""", 1, 1000)]
    [InlineData("""[["LDU"],1.0,1000.0]""", """["LDU"]""", 1, 1000)]
    [InlineData("\"[[\\\"LDU\\\"],1,1000]\"", """["LDU"]""", 1, 1000)]
    [InlineData("""[[],1,1000]""", "[]", 1, 1000)]
    [InlineData("""[[""],0,0]""", "[]", 0, 0)]
    [InlineData("""[["LDU"]]""", """["LDU"]""", null, null)]
    [InlineData("""[["LDU"],1,null]""", """["LDU"]""", 1, null)]
    public void Options_that_Meta_knows_are_passed_on(string given, string options, int? country, int? state)
    {
        foreach (var (source, api) in Sources)
        {
            var payload = Sale(source, api, given).Payload();
            payload["data_processing_options"].ShouldBe(options);
            payload["data_processing_options_country"]?.GetValue<int>().Should().Be(country);
            payload.ContainsKey("data_processing_options_country").Should().Be(country is not null);
            payload["data_processing_options_state"]?.GetValue<int>().Should().Be(state);
            payload.ContainsKey("data_processing_options_state").Should().Be(state is not null);
        }
    }

    [Theory]
    [InlineData("""[["XYZ"],1,1000]""")]
    [InlineData("""[["LDU","XYZ"],1,1000]""")]
    [InlineData("""[[true],1,1000]""")]
    [InlineData("""[[1],1,1000]""")]
    [InlineData("""[{"LDU":true},1,1000]""")]
    [InlineData("""[true,1,1000]""")]
    [InlineData("""[["LDU"],2,1000]""")]
    [InlineData("""[["LDU"],-1,1000]""")]
    [InlineData("""[["LDU"],"US",1000]""")]
    [InlineData("""[["LDU"],true,1000]""")]
    [InlineData("""[["LDU"],1,999]""")]
    [InlineData("""[["LDU"],1,1014]""")]
    [InlineData("""[["LDU"],1,"California"]""")]
    [InlineData("""[["LDU"],1,1000.5]""")]
    [InlineData("""[["LDU"],1,[1000]]""")]
    [InlineData("""[["LDU"],1,1e300]""")]
    [InlineData("\"LDU\"")]
    [InlineData("\"[LDU,1,1000\"")]
    [InlineData("true")]
    [InlineData("7")]
    [InlineData("""{"options":["LDU"],"country":1,"state":1000}""")]
    public void Options_that_Meta_does_not_know_reject_the_event(string given)
    {
        foreach (var (source, api) in Sources)
        {
            Sale(source, api, given).Reason.Should().Be("invalid_data_processing_options", source);
        }
    }

    [Theory]
    [InlineData("""{"data_processing_options":["ldu"],"data_processing_options_country":1}""", """["LDU"]""")]
    [InlineData("""{"data_processing_options":"LDU"}""", """["LDU"]""")]
    [InlineData("""{"data_processing_options":["XYZ"]}""", null)]
    [InlineData("""{"data_processing_options":["LDU"],"data_processing_options_state":"CA"}""", null)]
    [InlineData("""{"data_processing_options_country":7}""", null)]
    public void Options_in_Metas_own_words_count_at_every_source(string given, string? expected)
    {
        foreach (var source in (string[])[SourceName.Segment, SourceName.RudderStack, SourceName.CommandersAct])
        {
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                var result = SomeSale.Purchase(source, api).Set("integrations.facebook", given).Map();
                result.Reason.Should().Be(expected is null ? "invalid_data_processing_options" : null);
                if (expected is not null)
                {
                    result.Payload()["data_processing_options"].ShouldBe(expected);
                }
            }
        }
    }

    private static IEnumerable<(string Source, MetaApi Api)> Sources =>
        SomeSale.Everywhere.Where(row => row.Source is SourceName.Segment or SourceName.RudderStack);

    private static EventResult Sale(string source, MetaApi api, string given) =>
        source == SourceName.Segment
            ? SomeSale
                .Purchase(source, api)
                .Set("integrations.Facebook Offline Conversions.dataProcessingOptions", given)
                .Map(options => options.Of<SegmentOptions>().LimitedDataUse = true)
            : SomeSale
                .Purchase(source, api)
                .Set("context.dataProcessingOptions", given)
                .Map(options => options.Of<RudderStackOptions>().LimitedDataUsage = true);
}

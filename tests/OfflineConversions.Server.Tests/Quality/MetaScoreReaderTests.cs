using System.Text.Json;
using OfflineConversions.Server.Quality;

namespace OfflineConversions.Server.Tests.Quality;

/// <summary>Meta's scores in the forms of its page.</summary>
public sealed class MetaScoreReaderTests
{
    [Fact]
    public void Offline_events_have_a_score_with_parts_and_coverage()
    {
        var score = Read(
            """
            {"offline":[{"event_name":"Purchase","composite":{"score":7.1,"recommendation":"Send more."},
              "match_key":{"score":5.0,"recommendation":"Send phones.","coverage":{"email":81.0,"phone":12.5}},
              "frequency":{"score":9,"recommendation":"Send more."},"freshness":{"score":6.4}}]}
            """
        );

        score.Kind.Should().Be("offline");
        score.EventName.Should().Be("Purchase");
        score.Score.Should().Be(7.1);
        score
            .Parts.Should()
            .BeEquivalentTo(
                new Dictionary<string, double>
                {
                    ["match_key"] = 5,
                    ["frequency"] = 9,
                    ["freshness"] = 6.4,
                }
            );
        score.Coverage["email"].Should().Be(0.81);
        score.Coverage["phone"].Should().Be(0.125);
        score.Recommendations.Should().Equal("Send more.", "Send phones.");
    }

    [Fact]
    public void The_coverage_may_be_beside_the_score_of_the_match_keys() =>
        Read("""{"offline":[{"event_name":"Lead","match_key":{"score":5},"coverage":{"email":50}}]}""")
            .Coverage["email"]
            .Should()
            .Be(0.5);

    [Fact]
    public void Web_events_have_a_score_and_a_coverage_by_key()
    {
        var score = Read(
            """
            {"web":[{"event_name":"Purchase","event_match_quality":{"composite_score":6.2,
              "match_key_feedback":[{"identifier":"user_agent","coverage":{"percentage":100}}],
              "diagnostics":[{"name":"Missing fbc","solution":"Send fbc."}]}}]}
            """
        );

        score.Kind.Should().Be("web");
        score.Score.Should().Be(6.2);
        score.Coverage["user_agent"].Should().Be(1);
        score.Recommendations.Should().Equal("Send fbc.");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"web":{},"offline":null}""")]
    [InlineData("""{"offline":"none"}""")]
    public void Without_data_there_are_no_scores(string json) =>
        MetaScoreReader.Read(JsonElement.Parse(json)).Should().BeEmpty();

    [Theory]
    [InlineData("""{"web":[1]}""")]
    [InlineData(
        """{"web":[{"event_name":7,"event_match_quality":{"composite_score":"high","match_key_feedback":[1]}}]}"""
    )]
    [InlineData("""{"offline":[{"composite":3,"match_key":{"coverage":[]}}]}""")]
    public void What_is_of_another_type_is_left_out(string json)
    {
        var score = Read(json);
        score.Score.Should().BeNull();
        score.EventName.Should().BeEmpty();
        score.Coverage.Should().BeEmpty();
    }

    private static EventScore Read(string json) => MetaScoreReader.Read(JsonElement.Parse(json)).Single();
}

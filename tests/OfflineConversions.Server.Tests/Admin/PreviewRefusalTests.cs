using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>What the preview refuses, and what it never shows.</summary>
public sealed class PreviewRefusalTests : PreviewRoute
{
    [Theory]
    [InlineData("""{"connection":"nobody","body":{}}""", "connection")]
    [InlineData("""{"body":{}}""", "connection")]
    [InlineData("""{"connection":7,"body":{}}""", "connection")]
    [InlineData("""{"connection":"com"}""", "body")]
    [InlineData("""{"connection":"com","body":7}""", "body")]
    [InlineData("""{"connection":"com","body":{},"receivedAt":"yesterday"}""", "receivedAt")]
    [InlineData("""{"connection":"com","body":{},"recievedAt":"2026-11-21T12:00:00Z"}""", "recievedAt")]
    [InlineData(
        """
            {"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":"EAAsecret","Colour":"red"},
              "body":{}}
            """,
        "connection:Colour"
    )]
    [InlineData(
        """{"connection":{"Source":"CommandersAct","AccessToken":"EAAsecret"},"body":{}}""",
        "connection:DatasetId"
    )]
    [InlineData("""{"connection":{"Source":"Telegraph","AccessToken":"EAAsecret"},"body":{}}""", "connection:Source")]
    [InlineData(
        """{"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":{"EAAsecret":1}},"body":{}}""",
        "connection:AccessToken"
    )]
    [InlineData(
        """{"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":["EAAsecret"]},"body":{}}""",
        "connection:AccessToken"
    )]
    [InlineData(
        """
            {"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":"EAAsecret",
              "accesstoken":"EAAsecret"},"body":{}}
            """,
        "connection"
    )]
    [InlineData(
        """
            {"connection":{"Source":"MParticle","DatasetId":"4","AccessToken":"EAAsecret",
              "MParticle":{"EmailType":"Telex"}},"body":{}}
            """,
        "connection:MParticle:EmailType"
    )]
    [InlineData(
        """
            {"connection":{"Source":"MParticle","DatasetId":"4","AccessToken":"EAAsecret",
              "MParticle":{"SendCcpaLimitedDataUse":"Sometimes"}},"body":{}}
            """,
        "connection:MParticle:SendCcpaLimitedDataUse"
    )]
    [InlineData(
        """
            {"connection":{"Source":"Segment","AccessToken":"EAAsecret","Segment":{"Events":[{"Event":"x"}]}},
              "body":{}}
            """,
        "connection:Segment:Events:0:EventSetId"
    )]
    [InlineData(
        """
            {"connection":{"Source":"RudderStack","AccessToken":"EAAsecret",
              "RudderStack":{"EventsToIds":[{"To":"1"}]}},"body":{}}
            """,
        "connection:RudderStack:EventsToIds:0:From"
    )]
    [InlineData(
        """
            {"connection":{"Source":"RudderStack","AccessToken":"EAAsecret",
              "RudderStack":{"EnableHashing":"maybe"}},"body":{}}
            """,
        "connection:RudderStack:EnableHashing"
    )]
    [InlineData("""{"connection":"\ud800","body":{}}""", "connection")]
    [InlineData("""{"connection":{"Source":"CommandersAct","DatasetId":"\ud800"},"body":{}}""", "connection")]
    [InlineData("""{"connection":"com","body":{},"receivedAt":"\ud800"}""", "receivedAt")]
    [InlineData("""{"connection":"com","body":{},"\ud800":1}""", "request")]
    [InlineData("[]", "request")]
    [InlineData("{", "request")]
    public async Task What_is_wrong_is_named_by_its_key_and_no_token_is_repeated(string request, string key)
    {
        using var answer = await Service.Http.PostAsync("/api/preview", new StringContent(request));
        var text = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest, text);
        text.Should().NotContain(Token);
        JsonElement
            .Parse(text)
            .GetProperty("errors")
            .EnumerateObject()
            .Select(error => error.Name)
            .Should()
            .Contain(key);
    }

    [Fact]
    public async Task A_token_appears_in_no_answer()
    {
        var body = $$$$"""
            {"connection":{"Source":"CommandersAct","DatasetId":"4","AccessToken":"{{{{Token}}}}",
              "AppSecret":"{{{{Token}}}}"},"body":{"event_name":"search","user":{"id":"u"}}}
            """;
        (await AnswerAsync(body)).GetRawText().Should().NotContain(Token).And.Contain("accepted");
        (await AnswerAsync("""{"connection":"com","body":{"event_name":"search","user":{"id":"u"}}}"""))
            .GetRawText()
            .Should()
            .NotContain("t0ken");
    }

    [Fact]
    public async Task Odd_events_are_shown_with_their_outcome_and_never_fail_the_preview()
    {
        foreach (
            var body in (string[])
                [
                    "{}",
                    """{"\ud800":1}""",
                    "[null,7]",
                    """{"batch":[{}]}""",
                    """{"event_name":"\ud800","user":{"id":"u"}}""",
                    """{"event_name":"x","user":{"id":"\ud800","email":"\u0000"}}""",
                ]
        )
        {
            var answer = await AnswerAsync($$"""{"connection":"com","body":{{body}}}""");
            answer
                .GetProperty("events")
                .EnumerateArray()
                .Select(one => one.GetProperty("outcome").GetString())
                .Should()
                .OnlyContain(outcome => outcome == "rejected", body);
        }
    }

    [Theory]
    [InlineData("""{"batch":[0?]}""", ",0", 10_000, "more than 10000 events")]
    [InlineData("""{"a":[0?]}""", ",0", 700_000, "names, values and brackets")]
    public async Task What_would_be_refused_for_its_size_is_refused_here(
        string body,
        string repeated,
        int times,
        string why
    )
    {
        var large = body.Replace("?", string.Concat(Enumerable.Repeat(repeated, times)), StringComparison.Ordinal);
        var request = $$"""{"connection":"seg","body":{{large}}}""";

        using var answer = await Service.Http.PostAsync("/api/preview", new StringContent(request));

        answer.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(why);
    }
}

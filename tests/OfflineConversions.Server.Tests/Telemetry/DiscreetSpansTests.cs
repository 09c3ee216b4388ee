using System.Diagnostics;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed class DiscreetSpansTests
{
    [Fact]
    public void Only_what_is_known_to_be_harmless_leaves_with_a_span()
    {
        using var span = new Activity("POST /v1/track").SetIdFormat(ActivityIdFormat.W3C).Start();
        span.SetTag("http.route", "/v1/track").SetTag("http.response.status_code", 200);
        span.SetTag("offlineconversions.connection", "stores");
        foreach (
            var tag in (string[])
                [
                    "url.path",
                    "url.query",
                    "url.full",
                    "http.target",
                    "user_agent.original",
                    "client.address",
                    "server.address",
                ]
        )
        {
            span.SetTag(tag, "kanari");
        }

        span.SetTag("http.request.header.authorization", new[] { "kanari" });
        span.TraceStateString = "vendor=kanari";
        span.SetStatus(ActivityStatusCode.Error, "kanari");

        using var processor = new DiscreetSpans();
        processor.OnEnd(span);

        span.TagObjects.Select(tag => tag.Key)
            .Should()
            .Equal("http.route", "http.response.status_code", "offlineconversions.connection");
        span.TraceStateString.Should().BeEmpty();
        span.Status.Should().Be(ActivityStatusCode.Error);
        span.StatusDescription.Should().BeNull();
    }

    [Fact]
    public void A_span_that_ends_before_its_parent_does_not_leave_with_what_the_caller_sent()
    {
        using var post = new Activity("POST /v1/track").SetIdFormat(ActivityIdFormat.W3C).Start();
        post.TraceStateString = "vendor=kanari";
        using var store = new Activity("store").Start();

        using var processor = new DiscreetSpans();
        processor.OnEnd(store);

        store.Parent.Should().BeSameAs(post);
        store.TraceStateString.Should().BeEmpty();
    }
}

using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>A response that is not Meta's never buries an event.</summary>
public sealed class ForeignResponseTests
{
    [Theory]
    [InlineData(200, "<html>Sign in</html>")]
    [InlineData(302, "")]
    [InlineData(400, "<html>Bad request</html>")]
    [InlineData(400, "")]
    [InlineData(400, """{"message":"bad request","code":100}""")]
    [InlineData(400, """{"error":"bad request"}""")]
    [InlineData(403, "<html>Blocked</html>")]
    [InlineData(404, "not found")]
    [InlineData(413, "<html>Request Entity Too Large</html>")]
    [InlineData(413, "")]
    [InlineData(413, """{"error":{"code":413,"message":"too large"}}""")]
    [InlineData(414, "<html>Too long</html>")]
    [InlineData(422, """{"errors":["no"]}""")]
    [InlineData(431, "<html>Header too large</html>")]
    [InlineData(502, "<html>Bad gateway</html>")]
    public async Task A_response_that_is_not_Metas_never_buries_an_event(int status, string body)
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => new Scripted(status, body);
        harness.Store(1, dataset: "1");
        harness.Store(5, dataset: "2", from: 1);
        await harness.StartAsync();

        await harness.LetPassAsync(TimeSpan.FromMinutes(15));
        harness.Outbox.Failed.Should().BeEmpty();
        harness.Outbox.Waiting.Sum(chunk => chunk.Events.Count).Should().Be(6);
        harness.Graph.Requests.Count.Should().BeLessThan(250, "it is retried patiently");

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Outbox.Failed.Should().BeEmpty();
        harness.Delivered().Should().Equal(Enumerable.Range(0, 6));
    }

    [Fact]
    public async Task An_event_that_is_too_large_for_a_gateway_waits_and_its_neighbours_are_delivered()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = request =>
            request.Events.Contains("""{"n":5}""") ? Scripted.Down(413) : Scripted.Taken(request.Events.Count);
        harness.Store(8);
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Outbox.Waiting is [{ Events.Count: 1, Attempts: > 5 }]);
        harness.Delivered().Should().Equal(0, 1, 2, 3, 4, 6, 7);
        harness.Outbox.Failed.Should().BeEmpty();
        harness.Store(1, from: 8);
        var stored = harness.Time.GetUtcNow();
        await harness.UntilAsync(() => harness.Delivered().Contains(8));
        harness.Time.GetUtcNow().Should().BeBefore(stored + TimeSpan.FromSeconds(5), "one event slows down no other");

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Outbox.Failed.Should().BeEmpty();
    }
}

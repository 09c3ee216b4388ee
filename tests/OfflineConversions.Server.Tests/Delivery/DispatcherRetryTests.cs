using Microsoft.Extensions.Logging;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>What the dispatcher does while Meta, a connection or the outbox fails.</summary>
public sealed class DispatcherRetryTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Attempts_are_spaced_by_a_growing_wait()
    {
        await using var harness = await DeliveryHarness.CreateAsync(chance: 1);
        harness.Graph.Then([.. Enumerable.Repeat(Scripted.Error(5000), 6)]);
        harness.Store(1);
        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        harness.Gaps.Zip([1, 2, 4, 8, 16, 32]).Should().OnlyContain(it => it.First >= TimeSpan.FromSeconds(it.Second));
    }

    [Fact]
    public async Task Nothing_of_a_throttled_connection_is_sent_before_the_time_Meta_asked_for()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Then(
            Scripted
                .Error(80004)
                .With("X-Business-Use-Case-Usage", """{"1":[{"call_count":100,"estimated_time_to_regain_access":9}]}""")
        );
        harness.Store(1);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Throttled);
        harness.Store(1, dataset: "2");

        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Should().HaveCount(3);
        harness.Gaps.First().Should().BeGreaterThanOrEqualTo(9 * Minute);
        harness
            .Stores.Should()
            .Match<ConnectionStatus>(status => status.Condition == Condition.Active && status.LastSuccess != null);
    }

    [Fact]
    public async Task One_broken_connection_never_slows_another()
    {
        await using var harness = await DeliveryHarness.CreateAsync(connections: ["broken", "stores"]);
        var never = new TaskCompletionSource();
        harness.Graph.Otherwise = request =>
            request["access_token"] == "token-of-broken"
                ? Scripted.Taken(1).After(never.Task)
                : Scripted.Taken(request.Events.Count);
        for (var i = 0; i < 10; i++)
        {
            harness.Store(1000, "broken");
        }

        harness.Store(7, "stores");
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Outbox.Waiting.All(chunk => chunk.Destination.Connection == "broken"));

        harness.States.Of("broken").Status.InFlight.Should().Be(4);
        never.SetResult();
    }

    [Fact]
    public async Task While_Meta_is_down_events_stay_and_requests_become_rare()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Down();
        for (var i = 0; i < 20; i++)
        {
            harness.Store(1000);
        }

        await harness.StartAsync();
        await harness.LetPassAsync(20 * Minute);

        var rate = harness.Graph.Requests.Count(request => request.At > JumpingTime.Start + (10 * Minute));
        rate.Should().BeLessThanOrEqualTo(10 * 10, "an open circuit lets few requests through");
        harness.Outbox.Waiting.Should().HaveCount(20);

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task An_outbox_that_fails_for_a_while_loses_nothing_and_stops_nothing()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        (harness.Outbox.BrokenLeases, harness.Outbox.BrokenSettlements) = (2, 3);
        harness.Store(3);
        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Should().ContainSingle("a settlement is repeated, not the request");
        harness.Log.Count(line => line.Level == LogLevel.Error).Should().Be(5);
    }

    [Theory]
    [InlineData("""<html>Not from Meta</html>""", 200, 302, 404)]
    [InlineData("""{"error":{"code":"NotFound","message":"No such resource"}}""", 404)]
    [InlineData("", 408)]
    public async Task Responses_that_are_not_Metas_cause_one_warning_until_Meta_responds_again(
        string body,
        params int[] statuses
    )
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        var responses = 0;
        harness.Graph.Otherwise = _ => new Scripted(
            statuses[Interlocked.Increment(ref responses) % statuses.Length],
            body
        );
        harness.Store(1);
        await harness.StartAsync();
        await harness.UntilAsync(() => Warnings(harness) == 1);
        await harness.LetPassAsync(TimeSpan.FromHours(1));
        Warnings(harness).Should().Be(1);
        harness.Outbox.Waiting.Should().ContainSingle();

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Graph.Otherwise = _ => new Scripted(404, "");
        harness.Store(1);
        await harness.UntilAsync(() => Warnings(harness) == 2);
    }

    [Fact]
    public async Task Metas_errors_and_occasional_foreign_responses_cause_no_warning()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Then(
            Scripted.Error(1),
            Scripted.Down(404),
            Scripted.Down(404),
            Scripted.Error(1),
            Scripted.Down(404),
            Scripted.Error(613),
            Scripted.Error(2),
            Scripted.Error(2),
            Scripted.Error(2)
        );
        harness.Store(1);
        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        Warnings(harness).Should().Be(0);
    }

    private static int Warnings(DeliveryHarness harness) =>
        harness.Log.Count(line =>
            line.Level == LogLevel.Warning
            && line.Text.Contains("that are not Meta's", StringComparison.Ordinal)
            && line.Text.Contains("Graph:BaseAddress", StringComparison.Ordinal)
        );
}

using Microsoft.Extensions.Logging;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class DispatcherTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Small_chunks_are_sent_together()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        for (var i = 0; i < 20; i++)
        {
            harness.Store(5, from: i * 5);
        }

        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Should().ContainSingle().Which.Events.Should().HaveCount(100);
    }

    [Fact]
    public async Task Events_for_different_datasets_never_share_a_request()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Store(2, dataset: "1");
        harness.Store(3, dataset: "2");
        harness.Store(4, dataset: "1");
        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        harness
            .Graph.Requests.Select(request => (request.Path, request.Events.Count))
            .Should()
            .BeEquivalentTo([("/v26.0/1/events", 6), ("/v26.0/2/events", 3)]);
    }

    [Theory]
    [InlineData(MetaApi.ConversionsApi, 1000)]
    [InlineData(MetaApi.OfflineEvents, 2000)]
    public async Task No_request_exceeds_Metas_limit_regardless_of_the_setting(MetaApi api, int limit)
    {
        await using var harness = await DeliveryHarness.CreateAsync(configure: connection =>
            (connection.BatchSize, connection.Api) = (100_000, api)
        );
        for (var i = 0; i < 10; i++)
        {
            harness.Store(500, api: api);
        }

        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Should().OnlyContain(request => request.Events.Count <= limit);
        harness.Graph.Requests.Should().HaveCount(5000 / limit + (5000 % limit > 0 ? 1 : 0));
    }

    [Fact]
    public async Task New_events_wait_no_longer_than_the_flush_interval()
    {
        await using var harness = await DeliveryHarness.CreateAsync(new DeliveryOptions { FlushInterval = Minute });
        await harness.StartAsync();
        await harness.LetPassAsync(Minute);
        var stored = harness.Store(1).CreatedAt;

        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Single().At.Should().BeOnOrBefore(stored + Minute);
    }

    [Fact]
    public async Task A_full_batch_does_not_wait_for_the_flush_interval()
    {
        await using var harness = await DeliveryHarness.CreateAsync(
            new DeliveryOptions { FlushInterval = TimeSpan.FromDays(1) }
        );
        await harness.StartAsync();
        await harness.LetPassAsync(TimeSpan.FromDays(1));
        var stored = harness.Store(1000).CreatedAt;

        harness.Signal.Appended("stores", 600);
        harness.Signal.Appended("stores", 400);
        await DeliveryHarness.WithoutTimePassingAsync(() => harness.Outbox.Waiting.Count == 0);

        harness.Graph.Requests.Single().At.Should().Be(stored);
    }

    [Fact]
    public async Task A_deep_backlog_keeps_as_many_requests_in_flight_as_allowed_and_no_more()
    {
        await using var harness = await DeliveryHarness.CreateAsync(new DeliveryOptions { MaxConcurrency = 3 });
        var gate = new TaskCompletionSource();
        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count).After(gate.Task);
        for (var i = 0; i < 6; i++)
        {
            harness.Store(1000);
        }

        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Graph.Requests.Count == 3);
        harness.Stores.InFlight.Should().Be(3);
        gate.SetResult();
        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Should().HaveCount(6);
    }

    [Fact]
    public async Task Attempts_are_spaced_by_a_growing_wait()
    {
        await using var harness = await DeliveryHarness.CreateAsync(chance: 1);
        harness.Graph.Then([.. Enumerable.Repeat(Scripted.Error(2), 6)]);
        harness.Store(1);
        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        Gaps(harness).Zip([1, 2, 4, 8, 16, 32]).Should().OnlyContain(it => it.First >= TimeSpan.FromSeconds(it.Second));
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
        Gaps(harness).First().Should().BeGreaterThanOrEqualTo(9 * Minute);
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
    public async Task A_refused_token_halts_the_connection_and_every_event_is_delivered_once_it_is_fixed()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Error(190, 463, status: 401);
        for (var i = 0; i < 5; i++)
        {
            harness.Store(1000);
        }

        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);
        var beforeProbes = harness.Graph.Requests.Count;

        await harness.UntilAsync(() => harness.Graph.Requests.Count == beforeProbes + 7);

        harness
            .Stores.Should()
            .Match<ConnectionStatus>(status => status.Reason == "token_invalid" && status.LastSuccess == null);
        harness
            .Graph.Requests.Skip(beforeProbes)
            .Should()
            .OnlyContain(request => request.Events.Count == 1, "a probe is small");
        Gaps(harness).Skip(beforeProbes - 1).Should().OnlyContain(gap => gap >= 0.25 * Minute && gap < Minute);
        harness
            .Outbox.Waiting.Should()
            .HaveCount(5)
            .And.OnlyContain(chunk => chunk.Attempts == 0, "the events are not the cause");
        harness
            .Log.Where(line => line.Level == LogLevel.Error)
            .Should()
            .ContainSingle()
            .Which.Text.Should()
            .Contain("token_invalid")
            .And.NotContain("token-of");

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();

        harness.Outbox.Failed.Should().BeEmpty();
        harness.Stores.Condition.Should().Be(Condition.Active);
    }

    [Fact]
    public async Task After_a_halt_that_begins_while_chunks_are_leased_only_a_probe_is_sent()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Store(1000);
        harness.Outbox.Leasing = () =>
        {
            var state = harness.States.Of("stores");
            _ = state.HaltAsync(state.Halts.Everything, "token_invalid", default).AsTask();
        };
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Graph.Requests.Count > 0);
        harness.Outbox.Leasing = () => { };
        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Select(request => request.Events.Count).Should().Equal(1, 999);
    }

    [Fact]
    public async Task What_waited_for_a_datasets_next_probe_is_sent_when_it_succeeds()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Error(100, 33);
        for (var i = 0; i < 5; i++)
        {
            harness.Store(1000);
        }

        await harness.StartAsync();
        await harness.LetPassAsync(10 * Minute);
        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        var probe = harness.Graph.Requests.Count;

        await harness.UntilEmptyAsync();

        harness
            .Graph.Requests.Skip(probe)
            .Max(request => request.At)
            .Should()
            .BeBefore(harness.Graph.Requests[probe].At + (0.1 * Minute));
    }

    [Fact]
    public async Task An_unknown_dataset_halts_only_itself()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        var known = false;
        harness.Graph.Otherwise = request =>
            request.Path.Contains("/wrong/", StringComparison.Ordinal) && !Volatile.Read(ref known)
                ? Scripted.Error(100, 33)
                : Scripted.Taken(request.Events.Count);
        harness.Store(3, dataset: "wrong");
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted);

        harness.Store(4, dataset: "right");
        harness.Store(5, dataset: "wrong");
        await harness.UntilAsync(() => harness.Outbox.Waiting.All(chunk => chunk.Destination.DatasetId == "wrong"));
        await harness.LetPassAsync(4 * Minute);

        harness.Stores.HaltedDatasets.Should().Equal(new Dictionary<string, string> { ["wrong"] = "unknown_dataset" });
        harness
            .Graph.Requests.Count(request => request.Path.Contains("/wrong/", StringComparison.Ordinal))
            .Should()
            .BeInRange(2, 8);

        Volatile.Write(ref known, true);
        await harness.UntilEmptyAsync();

        harness.Stores.Condition.Should().Be(Condition.Active);
        harness.Outbox.Failed.Should().BeEmpty();
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

    [Fact]
    public async Task Stopping_finishes_what_is_in_flight_and_sends_nothing_new()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        var gate = new TaskCompletionSource();
        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count).After(gate.Task);
        for (var i = 0; i < 6; i++)
        {
            harness.Store(1000);
        }

        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Graph.Requests.Count == 4);

        var closing = harness.StopAsync();
        closing.IsCompleted.Should().BeFalse();
        gate.SetResult();
        await closing;

        harness.Graph.Requests.Should().HaveCount(4);
        harness.Outbox.Settlements.Count(settlement => settlement.Keep.Count == 0).Should().Be(4);
        // A chunk that was leased when the service stopped is returned as if it had not been.
        harness
            .Outbox.Waiting.Should()
            .HaveCount(2)
            .And.OnlyContain(chunk => chunk.Events.Count == 1000 && chunk.Attempts == 0);
    }

    [Fact]
    public async Task What_does_not_finish_within_the_drain_timeout_is_kept()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        var never = new TaskCompletionSource();
        harness.Graph.Otherwise = _ => Scripted.Taken(1).After(never.Task);
        harness.Store(5);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Graph.Requests.Count == 1);

        var closing = harness.StopAsync();
        while (!closing.IsCompleted)
        {
            harness.Time.JumpToNextTimer();
            await Task.Delay(1);
        }

        await closing;
        harness
            .Outbox.Waiting.Should()
            .ContainSingle()
            .Which.Should()
            .Match<Chunk>(chunk => chunk.Events.Count == 5 && chunk.Attempts == 1);
        never.SetResult();
    }

    private static IEnumerable<TimeSpan> Gaps(DeliveryHarness harness) =>
        harness.Graph.Requests.Zip(harness.Graph.Requests.Skip(1), (earlier, later) => later.At - earlier.At);

    private static int Warnings(DeliveryHarness harness) =>
        harness.Log.Count(line =>
            line.Level == LogLevel.Warning
            && line.Text.Contains("that are not Meta's", StringComparison.Ordinal)
            && line.Text.Contains("Graph:BaseAddress", StringComparison.Ordinal)
        );
}

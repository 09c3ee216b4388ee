using Microsoft.Extensions.Logging;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class DispatcherTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Small_chunks_leave_together()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        for (var i = 0; i < 20; i++)
        {
            house.Store(5, from: i * 5);
        }

        await house.OpenAsync();

        await house.UntilEmptyAsync();

        house.Graph.Requests.Should().ContainSingle().Which.Events.Should().HaveCount(100);
    }

    [Fact]
    public async Task Events_for_different_datasets_never_share_a_request()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Store(2, dataset: "1");
        house.Store(3, dataset: "2");
        house.Store(4, dataset: "1");
        await house.OpenAsync();

        await house.UntilEmptyAsync();

        house
            .Graph.Requests.Select(request => (request.Path, request.Events.Count))
            .Should()
            .BeEquivalentTo([("/v26.0/1/events", 6), ("/v26.0/2/events", 3)]);
    }

    [Theory]
    [InlineData(MetaApi.ConversionsApi, 1000)]
    [InlineData(MetaApi.OfflineEvents, 2000)]
    public async Task No_request_exceeds_Metas_limit_whatever_the_setting(MetaApi api, int limit)
    {
        await using var house = await DeliveryHouse.BuildAsync(configure: connection =>
            (connection.BatchSize, connection.Api) = (100_000, api)
        );
        for (var i = 0; i < 10; i++)
        {
            house.Store(500, api: api);
        }

        await house.OpenAsync();

        await house.UntilEmptyAsync();

        house.Graph.Requests.Should().OnlyContain(request => request.Events.Count <= limit);
        house.Graph.Requests.Should().HaveCount(5000 / limit + (5000 % limit > 0 ? 1 : 0));
    }

    [Fact]
    public async Task New_events_wait_for_company_at_most_for_the_flush_interval()
    {
        await using var house = await DeliveryHouse.BuildAsync(new DeliveryOptions { FlushInterval = Minute });
        await house.OpenAsync();
        await house.PassAsync(Minute);
        var stored = house.Store(1).CreatedAt;

        await house.UntilEmptyAsync();

        house.Graph.Requests.Single().At.Should().BeOnOrBefore(stored + Minute);
    }

    [Fact]
    public async Task A_full_batch_does_not_wait_for_the_flush_interval()
    {
        await using var house = await DeliveryHouse.BuildAsync(
            new DeliveryOptions { FlushInterval = TimeSpan.FromDays(1) }
        );
        await house.OpenAsync();
        await house.PassAsync(TimeSpan.FromDays(1));
        var stored = house.Store(1000).CreatedAt;

        house.Signal.Appended("stores", 600);
        house.Signal.Appended("stores", 400);
        await DeliveryHouse.WhileTimeStandsStillAsync(() => house.Outbox.Waiting.Count == 0);

        house.Graph.Requests.Single().At.Should().Be(stored);
    }

    [Fact]
    public async Task A_deep_backlog_keeps_as_many_requests_in_flight_as_allowed_and_no_more()
    {
        await using var house = await DeliveryHouse.BuildAsync(new DeliveryOptions { MaxConcurrency = 3 });
        var gate = new TaskCompletionSource();
        house.Graph.Otherwise = request => Scripted.Taken(request.Events.Count).After(gate.Task);
        for (var i = 0; i < 6; i++)
        {
            house.Store(1000);
        }

        await house.OpenAsync();

        await house.UntilAsync(() => house.Graph.Requests.Count == 3);
        house.Stores.InFlight.Should().Be(3);
        gate.SetResult();
        await house.UntilEmptyAsync();

        house.Graph.Requests.Should().HaveCount(6);
    }

    [Fact]
    public async Task Attempts_are_spaced_by_a_growing_wait()
    {
        await using var house = await DeliveryHouse.BuildAsync(chance: 1);
        house.Graph.Then([.. Enumerable.Repeat(Scripted.Error(2), 6)]);
        house.Store(1);
        await house.OpenAsync();

        await house.UntilEmptyAsync();

        Gaps(house).Zip([1, 2, 4, 8, 16, 32]).Should().OnlyContain(it => it.First >= TimeSpan.FromSeconds(it.Second));
    }

    [Fact]
    public async Task Nothing_of_a_throttled_connection_is_sent_before_the_time_Meta_gave()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Graph.Then(
            Scripted
                .Error(80004)
                .With("X-Business-Use-Case-Usage", """{"1":[{"call_count":100,"estimated_time_to_regain_access":9}]}""")
        );
        house.Store(1);
        await house.OpenAsync();
        await house.UntilAsync(() => house.Stores.Condition == Condition.Throttled);
        house.Store(1, dataset: "2");

        await house.UntilEmptyAsync();

        house.Graph.Requests.Should().HaveCount(3);
        Gaps(house).First().Should().BeGreaterThanOrEqualTo(9 * Minute);
        house
            .Stores.Should()
            .Match<ConnectionStatus>(status => status.Condition == Condition.Active && status.LastSuccess != null);
    }

    [Fact]
    public async Task One_broken_connection_never_slows_another()
    {
        await using var house = await DeliveryHouse.BuildAsync(connections: ["broken", "stores"]);
        var never = new TaskCompletionSource();
        house.Graph.Otherwise = request =>
            request["access_token"] == "token-of-broken"
                ? Scripted.Taken(1).After(never.Task)
                : Scripted.Taken(request.Events.Count);
        for (var i = 0; i < 10; i++)
        {
            house.Store(1000, "broken");
        }

        house.Store(7, "stores");
        await house.OpenAsync();

        await house.UntilAsync(() => house.Outbox.Waiting.All(chunk => chunk.Destination.Connection == "broken"));

        house.States.Of("broken").Status.InFlight.Should().Be(4);
        never.SetResult();
    }

    [Fact]
    public async Task A_refused_token_halts_the_connection_and_every_event_is_delivered_once_it_is_mended()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Graph.Otherwise = _ => Scripted.Error(190, 463, status: 401);
        for (var i = 0; i < 5; i++)
        {
            house.Store(1000);
        }

        await house.OpenAsync();
        await house.UntilAsync(() => house.Stores.Condition == Condition.Halted && house.Stores.InFlight == 0);
        var beforeProbes = house.Graph.Requests.Count;

        await house.UntilAsync(() => house.Graph.Requests.Count == beforeProbes + 7);

        house
            .Stores.Should()
            .Match<ConnectionStatus>(status => status.Reason == "token_invalid" && status.LastSuccess == null);
        house
            .Graph.Requests.Skip(beforeProbes)
            .Should()
            .OnlyContain(request => request.Events.Count == 1, "a probe is small");
        Gaps(house).Skip(beforeProbes - 1).Should().OnlyContain(gap => gap >= 0.25 * Minute && gap < Minute);
        house
            .Outbox.Waiting.Should()
            .HaveCount(5)
            .And.OnlyContain(chunk => chunk.Attempts == 0, "they are not at fault");
        house
            .Log.Where(line => line.Level == LogLevel.Error)
            .Should()
            .ContainSingle()
            .Which.Text.Should()
            .Contain("token_invalid")
            .And.NotContain("token-of");

        house.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await house.UntilEmptyAsync();

        house.Outbox.Failed.Should().BeEmpty();
        house.Stores.Condition.Should().Be(Condition.Active);
    }

    [Fact]
    public async Task A_halt_that_comes_while_chunks_are_leased_lets_nothing_but_a_probe_leave()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Store(1000);
        house.Outbox.Leasing = () => house.States.Of("stores").Stop(ConnectionState.Everything, "token_invalid");
        await house.OpenAsync();

        await house.UntilAsync(() => house.Graph.Requests.Count > 0);
        house.Outbox.Leasing = () => { };
        await house.UntilEmptyAsync();

        house.Graph.Requests.Select(request => request.Events.Count).Should().Equal(1, 999);
    }

    [Fact]
    public async Task What_was_put_off_until_a_datasets_next_probe_leaves_with_its_success()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Graph.Otherwise = _ => Scripted.Error(100, 33);
        for (var i = 0; i < 5; i++)
        {
            house.Store(1000);
        }

        await house.OpenAsync();
        await house.PassAsync(10 * Minute);
        house.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        var probe = house.Graph.Requests.Count;

        await house.UntilEmptyAsync();

        house
            .Graph.Requests.Skip(probe)
            .Max(request => request.At)
            .Should()
            .BeBefore(house.Graph.Requests[probe].At + (0.1 * Minute));
    }

    [Fact]
    public async Task An_unknown_dataset_halts_only_itself()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        var known = false;
        house.Graph.Otherwise = request =>
            request.Path.Contains("/wrong/", StringComparison.Ordinal) && !Volatile.Read(ref known)
                ? Scripted.Error(100, 33)
                : Scripted.Taken(request.Events.Count);
        house.Store(3, dataset: "wrong");
        await house.OpenAsync();
        await house.UntilAsync(() => house.Stores.Condition == Condition.Halted);

        house.Store(4, dataset: "right");
        house.Store(5, dataset: "wrong");
        await house.UntilAsync(() => house.Outbox.Waiting.All(chunk => chunk.Destination.DatasetId == "wrong"));
        await house.PassAsync(4 * Minute);

        house.Stores.HaltedDatasets.Should().Equal(new Dictionary<string, string> { ["wrong"] = "unknown_dataset" });
        house
            .Graph.Requests.Count(request => request.Path.Contains("/wrong/", StringComparison.Ordinal))
            .Should()
            .BeInRange(2, 8);

        Volatile.Write(ref known, true);
        await house.UntilEmptyAsync();

        house.Stores.Condition.Should().Be(Condition.Active);
        house.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task While_Meta_is_down_events_stay_and_requests_become_rare()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Graph.Otherwise = _ => Scripted.Down();
        for (var i = 0; i < 20; i++)
        {
            house.Store(1000);
        }

        await house.OpenAsync();
        await house.PassAsync(20 * Minute);

        var rate = house.Graph.Requests.Count(request => request.At > SimulatedTime.Start + (10 * Minute));
        rate.Should().BeLessThanOrEqualTo(10 * 10, "an open circuit lets few through");
        house.Outbox.Waiting.Should().HaveCount(20);

        house.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await house.UntilEmptyAsync();
        house.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task An_outbox_that_fails_for_a_while_loses_nothing_and_stops_nothing()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        (house.Outbox.BrokenLeases, house.Outbox.BrokenSettlements) = (2, 3);
        house.Store(3);
        await house.OpenAsync();

        await house.UntilEmptyAsync();

        house.Graph.Requests.Should().ContainSingle("a settlement is repeated, not the request");
        house.Log.Count(line => line.Level == LogLevel.Error).Should().Be(5);
    }

    [Theory]
    [InlineData("""<html>Nobody of Meta's</html>""", 200, 302, 404)]
    [InlineData("""{"error":{"code":"NotFound","message":"No such resource"}}""", 404)]
    [InlineData("", 408)]
    public async Task Strangers_in_Metas_place_are_warned_of_once_until_Meta_is_heard_again(
        string body,
        params int[] statuses
    )
    {
        await using var house = await DeliveryHouse.BuildAsync();
        var answers = 0;
        house.Graph.Otherwise = _ => new Scripted(statuses[Interlocked.Increment(ref answers) % statuses.Length], body);
        house.Store(1);
        await house.OpenAsync();
        await house.UntilAsync(() => Warnings(house) == 1);
        await house.PassAsync(TimeSpan.FromHours(1));
        Warnings(house).Should().Be(1);
        house.Outbox.Waiting.Should().ContainSingle();

        house.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await house.UntilEmptyAsync();
        house.Graph.Otherwise = _ => new Scripted(404, "");
        house.Store(1);
        await house.UntilAsync(() => Warnings(house) == 2);
    }

    [Fact]
    public async Task What_Meta_says_and_a_stranger_now_and_then_are_no_reason_to_warn()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Graph.Then(
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
        house.Store(1);
        await house.OpenAsync();

        await house.UntilEmptyAsync();

        Warnings(house).Should().Be(0);
    }

    [Fact]
    public async Task Stopping_finishes_what_is_in_flight_and_begins_nothing()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        var gate = new TaskCompletionSource();
        house.Graph.Otherwise = request => Scripted.Taken(request.Events.Count).After(gate.Task);
        for (var i = 0; i < 6; i++)
        {
            house.Store(1000);
        }

        await house.OpenAsync();
        await house.UntilAsync(() => house.Graph.Requests.Count == 4);

        var closing = house.CloseAsync();
        closing.IsCompleted.Should().BeFalse();
        gate.SetResult();
        await closing;

        house.Graph.Requests.Should().HaveCount(4);
        house.Outbox.Settlements.Count(settlement => settlement.Keep.Count == 0).Should().Be(4);
        // One that was leased at the moment of stopping goes back as if it had not been.
        house
            .Outbox.Waiting.Should()
            .HaveCount(2)
            .And.OnlyContain(chunk => chunk.Events.Count == 1000 && chunk.Attempts == 0);
    }

    [Fact]
    public async Task What_does_not_finish_within_the_drain_time_out_is_kept()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        var never = new TaskCompletionSource();
        house.Graph.Otherwise = _ => Scripted.Taken(1).After(never.Task);
        house.Store(5);
        await house.OpenAsync();
        await house.UntilAsync(() => house.Graph.Requests.Count == 1);

        var closing = house.CloseAsync();
        while (!closing.IsCompleted)
        {
            house.Time.JumpToNextTimer();
            await Task.Delay(1);
        }

        await closing;
        house
            .Outbox.Waiting.Should()
            .ContainSingle()
            .Which.Should()
            .Match<OfflineConversions.Server.Outbox.Chunk>(chunk => chunk.Events.Count == 5 && chunk.Attempts == 1);
        never.SetResult();
    }

    private static IEnumerable<TimeSpan> Gaps(DeliveryHouse house) =>
        house.Graph.Requests.Zip(house.Graph.Requests.Skip(1), (earlier, later) => later.At - earlier.At);

    private static int Warnings(DeliveryHouse house) =>
        house.Log.Count(line =>
            line.Level == LogLevel.Warning
            && line.Text.Contains("not in Meta's words", StringComparison.Ordinal)
            && line.Text.Contains("Graph:BaseAddress", StringComparison.Ordinal)
        );
}

using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Hours of trouble in simulated time.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task While_a_backlog_drains_at_least_every_second_request_is_for_fresh_events()
    {
        await using var harness = await DeliveryHarness.CreateAsync(
            new DeliveryOptions { MaxConcurrency = 1, FlushInterval = TimeSpan.FromMilliseconds(1) }
        );
        for (var i = 0; i < 50; i++)
        {
            harness.Store(1000, from: i * 1000);
        }

        await PassWithoutDeliveryAsync(harness, TimeSpan.FromHours(1));
        for (var i = 50; i < 70; i++)
        {
            harness.Store(1000, from: i * 1000);
        }

        await harness.StartAsync();

        await harness.UntilEmptyAsync(longestJump: TimeSpan.FromSeconds(1)); // a minute later, none of them is fresh

        var first = harness.Graph.Requests.Take(40).Count(request => Number(request.Events[0]) >= 50_000);
        first.Should().BeGreaterThanOrEqualTo(19, "the twenty fresh chunks take turns with the backlog");
        harness.Graph.Requests.Should().HaveCount(70);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(6 * 60)]
    public async Task A_fixed_token_is_noticed_within_a_minute_however_long_it_was_dead(int minutes)
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Error(190, 463, status: 401);
        for (var i = 0; i < 50; i++)
        {
            harness.Store(1, from: i);
        }

        await harness.StartAsync();
        await harness.LetPassAsync(minutes * Minute);
        var tried = harness.Graph.Requests.Select(request => request.At).ToArray();
        tried.Should().OnlyContain(at => tried.Count(other => other >= at && other < at + Minute) <= 4);

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        var fixedAt = harness.Time.GetUtcNow();
        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Should().OnlyContain(request => request.At < fixedAt + Minute);
        harness.Graph.Requests.Skip(tried.Length).Sum(request => request.Events.Count).Should().Be(50);
        await harness.Outbox.ShouldBalanceAsync();
    }

    [Fact]
    public async Task A_dead_token_costs_few_requests_and_slows_no_other_connection_and_all_arrives_soon_after_the_fix()
    {
        await using var harness = await DeliveryHarness.CreateAsync(connections: ["broken", "stores"]);
        var isFixed = false;
        harness.Graph.Otherwise = request =>
            request["access_token"] == "token-of-broken" && !Volatile.Read(ref isFixed)
                ? Scripted.Error(190, 463, status: 401)
                : Scripted.Taken(request.Events.Count);
        for (var i = 0; i < 50; i++)
        {
            harness.Store(1, "broken", from: i);
        }

        harness.Store(500, "stores", from: 1000);
        await harness.StartAsync();
        await harness.LetPassAsync(10 * Minute);

        var tried = harness
            .Graph.Requests.Where(request => request["access_token"] == "token-of-broken")
            .Select(request => request.At)
            .ToArray();
        tried.Should().OnlyContain(at => tried.Count(other => other >= at && other < at + Minute) <= 4);
        harness.Outbox.Waiting.Sum(chunk => chunk.Events.Count).Should().Be(50);
        harness.States.Of("stores").Status.Condition.Should().Be(Condition.Active);

        Volatile.Write(ref isFixed, true);
        await harness.LetPassAsync(Minute);
        harness.Outbox.Waiting.Should().BeEmpty();
        (await harness.Outbox.ShouldBalanceAsync()).Should().OnlyContain(line => line.Accepted == line.Delivered);
    }

    [Fact]
    public async Task If_every_event_fails_alike_the_dataset_halts_and_the_failed_list_stays_empty()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        harness.Store(1000);
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);

        harness.Stores.HaltedDatasets.Should().Equal(new Dictionary<string, string> { ["1"] = "too_many_refused" });
        harness.Outbox.Failed.Should().BeEmpty();
        harness.Outbox.Waiting.Sum(chunk => chunk.Events.Count).Should().Be(1000);
        harness.Graph.Requests.Should().HaveCountLessThan(60);

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Stores.Condition.Should().Be(Condition.Active);
    }

    [Fact]
    public async Task If_more_than_5_percent_are_bad_the_operator_decides_and_may_insist()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        int[] bad = [.. Enumerable.Range(0, 60).Select(i => i * 16)];
        harness.Refuse(bad);
        harness.Store(1000);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);
        harness.Outbox.Failed.Should().BeEmpty();

        await harness.Control.ResumeAsync("stores", default);
        await harness.UntilEmptyAsync();

        harness.Outbox.Failed.Should().HaveCount(60);
        var line = (await harness.Outbox.ShouldBalanceAsync()).Single();
        line.Should().Match<LedgerLine>(it => it.Accepted == 1000 && it.Delivered == 940 && it.Failed == 60);
    }

    [Fact]
    public async Task At_75_percent_of_Metas_limit_the_connection_slows_down_automatically()
    {
        await using var harness = await DeliveryHarness.CreateAsync(new DeliveryOptions { MaxConcurrency = 1 });
        harness.Graph.Otherwise = request =>
            Scripted.Taken(request.Events.Count).With("X-App-Usage", """{"call_count":87.5}""");
        for (var i = 0; i < 4; i++)
        {
            harness.Store(1000, from: i * 1000);
        }

        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        var at = harness.Graph.Requests.Select(request => request.At).ToArray();
        at.Zip(at.Skip(1)).Should().OnlyContain(pair => pair.Second - pair.First >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_paused_connection_sends_nothing_until_it_is_resumed_also_after_a_restart()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        await harness.Outbox.SetPausedAsync("stores", true, default);
        harness.Store(7);
        await harness.StartAsync();
        await harness.LetPassAsync(30 * Minute);
        harness.Graph.Requests.Should().BeEmpty();
        harness.Stores.Condition.Should().Be(Condition.Paused);

        await harness.Control.ResumeAsync("stores", default);
        await harness.UntilEmptyAsync();
        harness.Graph.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_halt_survives_a_restart_and_is_probed_at_its_time()
    {
        var probeAt = JumpingTime.Start + (5 * Minute);
        await using var harness = await DeliveryHarness.CreateAsync();
        await harness.Outbox.HaltAsync(new HaltScope("stores"), "token_invalid", 5 * Minute, default);
        harness.Store(7);
        await harness.StartAsync();
        await DeliveryHarness.WithoutTimePassingAsync(() => harness.Stores.Condition == Condition.Halted);
        harness.Stores.Until.Should().Be(probeAt);

        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Select(request => request.Events.Count).Should().Equal(1, 6);
        harness.Graph.Requests[0].At.Should().Be(probeAt);
        (await harness.Outbox.HaltsAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_resumed_connection_is_probed_at_once()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        await harness.Outbox.HaltAsync(new HaltScope("stores"), "token_invalid", 50 * Minute, default);
        harness.Store(7);
        await harness.StartAsync();
        await DeliveryHarness.WithoutTimePassingAsync(() => harness.Stores.Condition == Condition.Halted);

        await harness.Control.ResumeAsync("stores", default);
        await DeliveryHarness.WithoutTimePassingAsync(() => harness.Graph.Requests.Count > 0);
        await harness.UntilEmptyAsync();

        (await harness.Outbox.HaltsAsync(default)).Should().BeEmpty();
    }

    private static Task PassWithoutDeliveryAsync(DeliveryHarness harness, TimeSpan time)
    {
        using var timer = harness.Time.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan);
        harness.Time.JumpToNextTimer();
        return Task.CompletedTask;
    }

    private static int Number(string text) =>
        int.Parse(text.AsSpan()[5..^1], System.Globalization.CultureInfo.InvariantCulture);
}

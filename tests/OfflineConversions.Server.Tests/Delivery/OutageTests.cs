using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Hours of trouble in simulated time.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task While_a_backlog_drains_at_least_every_second_request_is_for_fresh_events()
    {
        await using var house = await DeliveryHouse.BuildAsync(
            new DeliveryOptions { MaxConcurrency = 1, FlushInterval = TimeSpan.FromMilliseconds(1) }
        );
        for (var i = 0; i < 50; i++)
        {
            house.Store(1000, from: i * 1000);
        }

        await PassWithoutDeliveryAsync(house, TimeSpan.FromHours(1));
        for (var i = 50; i < 70; i++)
        {
            house.Store(1000, from: i * 1000);
        }

        await house.OpenAsync();

        await house.UntilEmptyAsync();

        var first = house.Graph.Requests.Take(40).Count(request => Number(request.Events[0]) >= 50_000);
        first.Should().BeGreaterThanOrEqualTo(19, "the twenty fresh chunks take turns with the backlog");
        house.Graph.Requests.Should().HaveCount(70);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(6 * 60)]
    public async Task A_token_that_is_mended_is_noticed_within_a_minute_however_long_it_was_dead(int minutes)
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Graph.Otherwise = _ => Scripted.Error(190, 463, status: 401);
        for (var i = 0; i < 50; i++)
        {
            house.Store(1, from: i);
        }

        await house.OpenAsync();
        await house.PassAsync(minutes * Minute);
        var tried = house.Graph.Requests.Select(request => request.At).ToArray();
        tried.Should().OnlyContain(at => tried.Count(other => other >= at && other < at + Minute) <= 4);

        house.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        var mended = house.Time.GetUtcNow();
        await house.UntilEmptyAsync();

        house.Graph.Requests.Should().OnlyContain(request => request.At < mended + Minute);
        house.Graph.Requests.Skip(tried.Length).Sum(request => request.Events.Count).Should().Be(50);
        await house.Outbox.ShouldBalanceAsync();
    }

    [Fact]
    public async Task With_a_dead_token_few_requests_are_made_the_neighbour_runs_on_and_all_arrive_within_a_minute_of_its_mending()
    {
        await using var house = await DeliveryHouse.BuildAsync(connections: ["broken", "stores"]);
        var mended = false;
        house.Graph.Otherwise = request =>
            request["access_token"] == "token-of-broken" && !Volatile.Read(ref mended)
                ? Scripted.Error(190, 463, status: 401)
                : Scripted.Taken(request.Events.Count);
        for (var i = 0; i < 50; i++)
        {
            house.Store(1, "broken", from: i);
        }

        house.Store(500, "stores", from: 1000);
        await house.OpenAsync();
        await house.PassAsync(10 * Minute);

        var tried = house
            .Graph.Requests.Where(request => request["access_token"] == "token-of-broken")
            .Select(request => request.At)
            .ToArray();
        tried.Should().OnlyContain(at => tried.Count(other => other >= at && other < at + Minute) <= 4);
        house.Outbox.Waiting.Sum(chunk => chunk.Events.Count).Should().Be(50);
        house.States.Of("stores").Status.Condition.Should().Be(Condition.Active);

        Volatile.Write(ref mended, true);
        await house.PassAsync(Minute);
        house.Outbox.Waiting.Should().BeEmpty();
        (await house.Outbox.ShouldBalanceAsync()).Should().OnlyContain(line => line.Accepted == line.Delivered);
    }

    [Fact]
    public async Task Where_every_event_fails_alike_the_dataset_halts_and_the_failed_list_stays_empty()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        house.Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        house.Store(1000);
        await house.OpenAsync();

        await house.UntilAsync(() => house.Stores.Condition == Condition.Halted && house.Stores.InFlight == 0);

        house.Stores.HaltedDatasets.Should().Equal(new Dictionary<string, string> { ["1"] = "too_many_refused" });
        house.Outbox.Failed.Should().BeEmpty();
        house.Outbox.Waiting.Sum(chunk => chunk.Events.Count).Should().Be(1000);
        house.Graph.Requests.Should().HaveCountLessThan(60);

        house.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await house.UntilEmptyAsync();
        house.Stores.Condition.Should().Be(Condition.Active);
    }

    [Fact]
    public async Task Where_more_than_five_in_a_hundred_are_bad_the_operator_decides_and_may_insist()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        int[] bad = [.. Enumerable.Range(0, 60).Select(i => i * 16)];
        house.Refuse(bad);
        house.Store(1000);
        await house.OpenAsync();
        await house.UntilAsync(() => house.Stores.Condition == Condition.Halted && house.Stores.InFlight == 0);
        house.Outbox.Failed.Should().BeEmpty();

        await house.Control.ResumeAsync("stores", default);
        await house.UntilEmptyAsync();

        house.Outbox.Failed.Should().HaveCount(60);
        var line = (await house.Outbox.ShouldBalanceAsync()).Single();
        line.Should()
            .Match<OfflineConversions.Server.Outbox.LedgerLine>(it =>
                it.Accepted == 1000 && it.Delivered == 940 && it.Failed == 60
            );
    }

    [Fact]
    public async Task At_three_quarters_of_Metas_limit_the_connection_slows_down_by_itself()
    {
        await using var house = await DeliveryHouse.BuildAsync(new DeliveryOptions { MaxConcurrency = 1 });
        house.Graph.Otherwise = request =>
            Scripted.Taken(request.Events.Count).With("X-App-Usage", """{"call_count":87.5}""");
        for (var i = 0; i < 4; i++)
        {
            house.Store(1000, from: i * 1000);
        }

        await house.OpenAsync();

        await house.UntilEmptyAsync();

        var at = house.Graph.Requests.Select(request => request.At).ToArray();
        at.Zip(at.Skip(1)).Should().OnlyContain(pair => pair.Second - pair.First >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_paused_connection_sends_nothing_and_goes_on_when_resumed_also_after_a_restart()
    {
        await using var house = await DeliveryHouse.BuildAsync();
        await house.Outbox.SetPausedAsync("stores", true, default);
        house.Store(7);
        await house.OpenAsync();
        await house.PassAsync(30 * Minute);
        house.Graph.Requests.Should().BeEmpty();
        house.Stores.Condition.Should().Be(Condition.Paused);

        await house.Control.ResumeAsync("stores", default);
        await house.UntilEmptyAsync();
        house.Graph.Requests.Should().ContainSingle();
    }

    private static Task PassWithoutDeliveryAsync(DeliveryHouse house, TimeSpan time)
    {
        using var timer = house.Time.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan);
        house.Time.JumpToNextTimer();
        return Task.CompletedTask;
    }

    private static int Number(string text) =>
        int.Parse(text.AsSpan()[5..^1], System.Globalization.CultureInfo.InvariantCulture);
}

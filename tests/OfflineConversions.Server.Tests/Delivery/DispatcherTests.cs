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

    [Theory]
    [InlineData(700, 1000)]
    [InlineData(333, 1000)]
    [InlineData(1000, 1000)]
    [InlineData(1, 7)]
    [InlineData(40, 30)]
    public async Task Requests_of_a_backlog_are_full_whatever_the_sizes_of_its_chunks(int chunk, int request)
    {
        await using var harness = await DeliveryHarness.CreateAsync(configure: connection =>
            connection.BatchSize = request
        );
        const int Chunks = 10;
        for (var i = 0; i < Chunks; i++)
        {
            harness.Store(chunk, from: i * chunk);
        }

        var stored = harness.Time.GetUtcNow();
        await using var minute = harness.Time.CreateTimer(_ => { }, null, Minute, Timeout.InfiniteTimeSpan);
        while (harness.Time.GetUtcNow() < stored + Minute)
        {
            harness.Time.JumpToNextTimer();
        }

        await harness.StartAsync();
        await harness.UntilEmptyAsync();

        var sizes = harness.Graph.Requests.Select(sent => sent.Events.Count).Order().ToList();
        sizes.Skip(1).Should().OnlyContain(size => size == request);
        sizes.Sum().Should().Be(Chunks * chunk);
        harness.Graph.Requests.SelectMany(sent => sent.Events).Should().OnlyHaveUniqueItems();
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
            .BeEquivalentTo([("/v27.0/1/events", 6), ("/v27.0/2/events", 3)]);
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
}

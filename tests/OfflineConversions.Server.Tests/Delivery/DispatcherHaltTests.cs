using Microsoft.Extensions.Logging;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>What the dispatcher does while a connection or a dataset is halted.</summary>
public sealed class DispatcherHaltTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

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
        harness.Gaps.Skip(beforeProbes - 1).Should().OnlyContain(gap => gap >= 0.25 * Minute && gap < Minute);
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
}

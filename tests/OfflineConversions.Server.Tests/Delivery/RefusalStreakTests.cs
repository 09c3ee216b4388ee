using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Twenty refusals in a row in the same way halt a dataset, however small the requests are.</summary>
public sealed class RefusalStreakTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(3, 1)]
    [InlineData(7, 2)]
    [InlineData(19, 1)]
    public async Task Refusals_that_trickle_halt_their_dataset_as_a_batch_would(int batchSize, int concurrency)
    {
        await using var harness = await CreateAsync(batchSize, concurrency);
        harness.Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        StoreSingles(harness, 60);
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);

        harness.Stores.HaltedDatasets.Should().Equal(new Dictionary<string, string> { ["1"] = "too_many_refused" });
        harness.Outbox.Failed.Should().HaveCount(19, "what was buried before stays on the failed list");
        harness.Outbox.Waiting.Sum(chunk => chunk.Events.Count).Should().Be(41);
    }

    [Fact]
    public async Task One_more_refusal_does_not_end_such_a_halt_and_an_acceptance_does()
    {
        await using var harness = await CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        StoreSingles(harness, 60);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);

        await harness.UntilAsync(() => harness.Outbox.Failed.Count == 21 && harness.Stores.InFlight == 0);
        harness.Stores.Reason.Should().Be("too_many_refused");

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Stores.Condition.Should().Be(Condition.Active);
        harness.Outbox.Failed.Should().HaveCount(21);
    }

    [Fact]
    public async Task After_a_resume_what_is_refused_is_buried_until_Meta_accepts_an_event()
    {
        await using var harness = await CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        StoreSingles(harness, 60);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);

        await harness.Control.ResumeAsync("stores", default);
        await harness.UntilEmptyAsync();

        harness.Outbox.Failed.Should().HaveCount(60);
        harness.Stores.Condition.Should().Be(Condition.Active);
    }

    [Fact]
    public async Task An_event_that_Meta_accepts_in_between_begins_the_count_again()
    {
        await using var harness = await CreateAsync();
        harness.Graph.Otherwise = request =>
            request.Events.Contains("""{"n":15}""") ? Scripted.Taken(1) : Scripted.Error(100, 2804009);
        StoreSingles(harness, 34);

        await harness.RunUntilEmptyAsync();

        harness.Outbox.Failed.Should().HaveCount(33);
    }

    [Fact]
    public async Task Refusals_of_different_kinds_begin_the_count_again()
    {
        await using var harness = await CreateAsync();
        var requests = 0;
        harness.Graph.Otherwise = _ =>
            Scripted.Error(100, Interlocked.Increment(ref requests) % 19 == 0 ? 2804010 : 2804009);
        StoreSingles(harness, 60);

        await harness.RunUntilEmptyAsync();

        harness.Outbox.Failed.Should().HaveCount(60);
    }

    [Fact]
    public async Task Each_dataset_has_its_own_count()
    {
        await using var harness = await CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        StoreSingles(harness, 15, "1");
        StoreSingles(harness, 15, "2");

        await harness.RunUntilEmptyAsync();

        harness.Outbox.Failed.Should().HaveCount(30);
    }

    private static Task<DeliveryHarness> CreateAsync(int batchSize = 1, int concurrency = 1) =>
        DeliveryHarness.CreateAsync(new DeliveryOptions { MaxConcurrency = concurrency }, configure: connection =>
            connection.BatchSize = batchSize
        );

    private static void StoreSingles(DeliveryHarness harness, int events, string dataset = "1")
    {
        for (var i = 0; i < events; i++)
        {
            harness.Store(1, dataset: dataset, from: i);
        }
    }
}

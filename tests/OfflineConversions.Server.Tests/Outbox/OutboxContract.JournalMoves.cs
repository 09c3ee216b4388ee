using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What the journal says about events that an operator moved or gave up.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task A_redirected_event_is_followed_to_its_new_dataset()
    {
        await NoteAsync(Accepted("a"), Accepted("b"));
        await Outbox.RedirectAsync(Wrong, Right, default);

        var waiting = (await OnlyAsync("b")).Deliveries.Single();
        waiting
            .Should()
            .BeEquivalentTo(
                new
                {
                    DatasetId = "2002",
                    State = DeliveryState.Pending,
                    Attempts = 0,
                }
            );

        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        (await OnlyAsync("a"))
            .Deliveries.Single()
            .Should()
            .BeEquivalentTo(new { DatasetId = "2002", State = DeliveryState.Delivered });
    }

    [Fact]
    public async Task A_waiting_event_that_an_operator_gave_up_is_discarded()
    {
        await NoteAsync(Accepted("a"));
        await Settle(ChunkSettlement.Deferred((await Lease()).Single(), Clock.GetUtcNow()));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Outbox.DiscardPendingAsync(Wrong, default);

        (await OnlyAsync("a"))
            .Deliveries.Single()
            .Should()
            .BeEquivalentTo(
                new
                {
                    State = DeliveryState.Discarded,
                    At = Clock.GetUtcNow(),
                    Attempts = 1,
                }
            );
    }

    [Fact]
    public async Task A_failed_event_that_is_replayed_to_another_dataset_is_followed_there()
    {
        await NoteAsync(Accepted("a"));
        await FailAllAsync();
        await Outbox.ReplayFailedAsync(new FailedSelection("stores"), Right, default);

        (await OnlyAsync("a"))
            .Deliveries.Single()
            .Should()
            .BeEquivalentTo(new { DatasetId = "2002", State = DeliveryState.Pending });

        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        (await OnlyAsync("a"))
            .Deliveries.Single()
            .Should()
            .BeEquivalentTo(new { DatasetId = "2002", State = DeliveryState.Delivered });
    }
}

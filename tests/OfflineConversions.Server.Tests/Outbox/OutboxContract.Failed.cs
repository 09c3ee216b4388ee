using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What failed: replayed to another dataset, and grouped by cause.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task Failed_events_are_replayed_to_another_dataset_unless_it_has_them()
    {
        await Append(Sale("a"), Sale("b"), Sale("c"));
        await Settle(
            new ChunkSettlement(
                (await Lease()).Single(),
                [],
                default,
                [.. Enumerable.Range(0, 3).Select(i => new Burial(i, "refused_by_meta", 100))]
            )
        );
        await Append(Sale("b", dataset: "2002"), Sale("c"));

        (await Outbox.ReplayFailedAsync(new FailedSelection("stores"), Right, default))
            .Should()
            .Be(new ResolvedEvents(2, Skipped: 1));

        (await AllAsync())
            .Where(chunk => chunk.Destination.DatasetId == "2002")
            .Texts()
            .Should()
            .BeEquivalentTo(PayloadOf("a"), PayloadOf("b"), PayloadOf("c"));
        (await Outbox.FailedAsync(new FailedQuery(), default)).Single().Text().Should().Be(PayloadOf("b"));
        (await Append(Sale("a", dataset: "2002"))).Stored.Should().Equal(false);
        await LedgerShouldBe(new LedgerLine("stores", 5, 0, 4, 1, 0, 0));
    }

    [Fact]
    public async Task Failed_events_are_grouped_by_their_cause()
    {
        await Append(Sale("a"), Sale("b"), Sale("c"), Sale("d", connection: "web"));
        var at = Clock.GetUtcNow();
        var chunk = (await Lease()).Single();
        await Settle(
            new ChunkSettlement(
                chunk,
                [2],
                default,
                [.. new[] { 0, 1 }.Select(i => new Burial(i, "refused_by_meta", 100, 7, "Title", $"T{i}"))]
            )
        );
        Clock.Advance(Hour);
        await Settle(new ChunkSettlement((await Lease()).Single(), [], default, [new Burial(0, "window_expired")]));
        var expired = new FailedCause(
            "stores",
            "1001",
            "window_expired",
            null,
            null,
            null,
            1,
            Clock.GetUtcNow(),
            Clock.GetUtcNow()
        );
        var refused = new FailedCause("stores", "1001", "refused_by_meta", 100, 7, "Title", 2, at, at);

        (await Outbox.FailedCausesAsync(new FailedSelection(), default)).Should().Equal(expired, refused);
        (await Outbox.FailedCausesAsync(new FailedSelection { Until = Clock.GetUtcNow() }, default))
            .Should()
            .Equal(refused);
        (await Outbox.FailedCausesAsync(new FailedSelection("web"), default)).Should().BeEmpty();
    }
}

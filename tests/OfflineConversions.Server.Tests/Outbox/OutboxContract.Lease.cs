using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What a lease holds, how long, and for whom.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task One_lease_holds_one_destination_only_and_starts_with_the_oldest()
    {
        await Append(Some.Entry("a", dataset: "2"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Append(
            Some.Entry("b", dataset: "1"),
            Some.Entry("c", dataset: "2"),
            Some.Entry("d", dataset: "2", uploadTag: "tag")
        );

        (await Lease()).Texts().Should().Equal("""{"n":"a"}""", """{"n":"c"}""");
        (await Lease()).Texts().Should().Equal("""{"n":"b"}""");
        (await Lease()).Single().Destination.UploadTag.Should().Be("tag");
        (await Lease()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_connection_leases_only_its_own_events()
    {
        await Append(Some.Entry("a", connection: "web"));

        (await Lease()).Should().BeEmpty();
        (await Outbox.LeaseAsync(new LeaseRequest("web", 1, 1), default)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_lease_stops_at_its_limits_but_never_comes_back_empty()
    {
        for (var i = 0; i < 4; i++)
        {
            await Append(Some.Entry($"{i}", payload: "0123456789"), Some.Entry($"{i}b", payload: "0123456789"));
        }

        (await Outbox.LeaseAsync(new LeaseRequest("stores", 5, 1000), default)).Should().HaveCount(2);
        (await Outbox.LeaseAsync(new LeaseRequest("stores", 100, 39), default)).Should().ContainSingle();
        (await Outbox.LeaseAsync(new LeaseRequest("stores", 1, 1), default)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_leased_chunk_is_not_leased_again_until_its_lease_ends()
    {
        await Append(Some.Entry("a"));
        var chunk = (await Lease()).Single();

        (await Lease()).Should().BeEmpty();
        await Settle(ChunkSettlement.Released(chunk));
        var again = (await Lease()).Single();
        again.Texts().Should().Equal(chunk.Texts());
        again
            .Should()
            .Be(chunk with { Events = again.Events, Lease = again.Lease }, "giving a lease back is no attempt");
    }

    [Fact]
    public async Task Fresh_chunks_can_be_leased_before_an_older_backlog()
    {
        await Append(Some.Entry("old"));
        Clock.Advance(TimeSpan.FromHours(1));
        await Append(Some.Entry("new"));

        (await Outbox.LeaseAsync(Everything with { StoredSince = Clock.GetUtcNow().AddMinutes(-1) }, default))
            .Texts()
            .Should()
            .Equal("""{"n":"new"}""");
        (await Outbox.LeaseAsync(Everything with { StoredSince = Clock.GetUtcNow().AddMinutes(-1) }, default))
            .Should()
            .BeEmpty();
        (await Lease()).Texts().Should().Equal("""{"n":"old"}""");
    }

    [Fact]
    public async Task What_is_hastened_is_due_at_once_and_only_in_its_dataset()
    {
        await Append(Some.Entry("a", dataset: "1"));
        await Append(Some.Entry("b", dataset: "2"));
        IReadOnlyList<Chunk> chunks = [.. await Lease(), .. await Lease()];
        await Settle([.. chunks.Select(chunk => ChunkSettlement.Deferred(chunk, Clock.GetUtcNow().AddHours(1)))]);

        await Outbox.HastenAsync("stores", "2", default);

        (await Lease()).Texts().Should().Equal("""{"n":"b"}""");
        (await Lease()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_settlement_with_an_old_token_is_not_accepted_and_changes_nothing()
    {
        await Append(Some.Entry("a"));
        var first = (await Lease()).Single();
        await Settle(ChunkSettlement.Released(first));
        var second = (await Lease()).Single();

        second.Lease.Token.Should().BeGreaterThan(first.Lease.Token);
        (await Settle(ChunkSettlement.Delivered(first))).Should().Equal(SettlementStatus.LeaseLost);
        (await Outbox.RenewAsync([first, second], default))
            .Select(lease => lease?.Token)
            .Should()
            .Equal(null, second.Lease.Token);
        await LedgerShouldBe(new LedgerLine("stores", 1, 0, 1, 0, 0, 0));
        (await Settle(ChunkSettlement.Delivered(second))).Should().Equal(SettlementStatus.Settled);
        await LedgerShouldBe(new LedgerLine("stores", 1, 1, 0, 0, 0, 0));
    }

    [Fact]
    public async Task What_was_leased_is_due_again_after_a_restart()
    {
        await Append(Some.Entry("a"));
        await Lease();

        await RestartAsync();

        (await Lease()).Texts().Should().Equal("""{"n":"a"}""");
    }

    [Fact]
    public async Task Many_callers_at_once_lose_nothing_and_lease_nothing_twice()
    {
        var writers = Enumerable
            .Range(0, 16)
            .Select(w =>
                Task.Run(async () =>
                {
                    for (var i = 0; i < 50; i++)
                    {
                        await Append(Some.Entry($"{w}-{i}"));
                    }
                })
            )
            .ToArray();
        var done = Task.WhenAll(writers);
        var sent = new System.Collections.Concurrent.ConcurrentBag<string>();
        var senders = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (true)
                    {
                        var last = done.IsCompleted;
                        var chunks = await Outbox.LeaseAsync(new LeaseRequest("stores", 20, 100_000), default);
                        foreach (var text in chunks.Texts())
                        {
                            sent.Add(text);
                        }

                        await Settle(chunks.Select(ChunkSettlement.Delivered).ToArray());
                        if (last && chunks.Count == 0)
                        {
                            return;
                        }
                    }
                })
            )
            .ToArray();

        await done;
        await Task.WhenAll(senders);

        sent.Should().HaveCount(800).And.OnlyHaveUniqueItems();
        (await Outbox.BacklogAsync(default)).Should().BeEmpty();
    }
}

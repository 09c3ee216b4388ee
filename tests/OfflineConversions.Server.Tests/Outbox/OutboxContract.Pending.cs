using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What waits for delivery: listed, moved to another dataset, given up.</summary>
public abstract partial class OutboxContract
{
    private static readonly PendingScope Wrong = new("stores", "1001");
    private static readonly Redirection Right = new("2002", null, TimeSpan.FromHours(48));

    [Fact]
    public async Task Waiting_events_are_listed_newest_first_with_what_is_known_of_them()
    {
        await Append(Sale("a"), Sale("b"));
        var first = Clock.GetUtcNow();
        Clock.Advance(Hour);
        await Append(Sale("c", connection: "web", dataset: "7"), Some.Entry("d", dataset: "7"));

        var page = await Outbox.PendingAsync(new PendingQuery(), default);

        page.Next.Should().BeNull();
        page.Events.Select(IdOf).Should().BeEquivalentTo("d", "c", "b", "a").And.EndWith(["b", "a"]);
        var last = page.Events[^1];
        last.Should()
            .Match<PendingEvent>(it =>
                it.Destination.Connection == "stores"
                && it.Destination.DatasetId == "1001"
                && it.AcceptedAt == first
                && it.NextAttemptAt == first
                && it.Attempts == 0
                && !it.IsInFlight
                && it.Event.Name == "Purchase"
                && it.Event.Id == "a"
            );
        (await PendingIds(new PendingQuery(DatasetId: "7"))).Should().BeEquivalentTo("c", "d");
        (await PendingIds(new PendingQuery("stores", "7"))).Should().Equal("d");
        (await PendingIds(new PendingQuery("web"))).Should().Equal("c");
        (await PendingIds(new PendingQuery(EventId: "b"))).Should().Equal("b");
        (await PendingIds(new PendingQuery(EventId: "e"))).Should().BeEmpty();
        (await PendingIds(new PendingQuery("nobody"))).Should().BeEmpty();
    }

    [Fact]
    public async Task An_event_that_is_tried_is_in_flight_and_then_waits_for_its_next_attempt()
    {
        await Append(Sale("a"));
        var chunk = (await Lease()).Single();
        var inFlight = await Outbox.PendingAsync(new PendingQuery(), default);
        await Settle(ChunkSettlement.Deferred(chunk, Clock.GetUtcNow() + Hour));

        var waiting = await Outbox.PendingAsync(new PendingQuery(), default);

        inFlight.Events.Single().IsInFlight.Should().BeTrue();
        waiting
            .Events.Single()
            .Should()
            .Match<PendingEvent>(it =>
                !it.IsInFlight && it.Attempts == 1 && it.NextAttemptAt == Clock.GetUtcNow() + Hour
            );
    }

    [Theory]
    [InlineData(1, long.MaxValue, long.MaxValue, null)]
    [InlineData(2, long.MaxValue, long.MaxValue, null)]
    [InlineData(3, long.MaxValue, long.MaxValue, null)]
    [InlineData(100, 1, long.MaxValue, null)]
    [InlineData(100, 150, long.MaxValue, null)]
    [InlineData(100, long.MaxValue, 1, null)]
    [InlineData(100, long.MaxValue, 150, "web")]
    public async Task The_pages_of_the_waiting_events_continue_exactly_whatever_ends_them(
        int limit,
        long bytes,
        long read,
        string? connection
    )
    {
        foreach (var round in Enumerable.Range(0, 4))
        {
            await Append(Sale($"{round}a", chunkEvents: 2), Sale($"{round}b", chunkEvents: 2));
            await Append(Sale($"{round}c", connection: "web"), Sale($"{round}d", dataset: "5", chunkEvents: 1));
            Clock.Advance(Hour);
        }

        var query = new PendingQuery(connection, Limit: limit) { MostBytes = bytes, MostReadBytes = read };
        var (all, pages) = (new List<PendingEvent>(), 0);
        PendingPage page;
        do
        {
            page = await Outbox.PendingAsync(query, default);
            all.AddRange(page.Events);
            query = query with { After = page.Next };
            page.Events.Count.Should().BeLessThanOrEqualTo(limit);
            pages++;
        } while (page.Next is not null);

        all.Select(IdOf).Should().Equal(await PendingIds(new PendingQuery(connection, Limit: 100)));
        all.Should().HaveCount(connection is null ? 16 : 4).And.BeInDescendingOrder(one => one.AcceptedAt);
        pages.Should().BeGreaterThan(1);
        PendingPosition.Parse(all[0].Position.ToString()).Should().Be(all[0].Position);
    }

    [Fact]
    public async Task Redirected_events_go_to_the_new_dataset_byte_for_byte_as_if_never_tried()
    {
        await Append(Sale("a", uploadTag: "tag"), Sale("b"), Sale("c", dataset: "5"), Sale("d", connection: "web"));
        var accepted = Clock.GetUtcNow();
        await Outbox.HaltAsync(new HaltScope("stores", "1001"), "unknown_dataset", Hour, default);
        foreach (var chunk in await LeaseAllOf("stores"))
        {
            await Settle(ChunkSettlement.Deferred(chunk, Clock.GetUtcNow() + Hour));
        }

        Clock.Advance(TimeSpan.FromMinutes(1));
        (await Outbox.CountPendingAsync(Wrong, default)).Should().Be(new PendingCount(2, 0));

        (await Outbox.RedirectAsync(Wrong, Right, default)).Should().Be(new ChangedPending(2, 0) { IsEmpty = true });

        (await Outbox.HaltsAsync(default)).Should().BeEmpty("nothing waits for the halted dataset");
        var moved = await LeaseAllOf("stores");
        moved
            .Should()
            .OnlyContain(it => it.Destination.DatasetId == "2002" && it.Attempts == 0 && it.CreatedAt == accepted);
        moved.Select(it => it.Destination.UploadTag).Should().BeEquivalentTo([null, "tag"]);
        moved.Texts().Should().BeEquivalentTo(PayloadOf("a"), PayloadOf("b"));
        moved.SelectMany(it => it.Events).Should().OnlyContain(it => it.ExpiresAt == Some.Expiry);
        await LedgerShouldBe(new LedgerLine("stores", 3, 0, 3, 0, 0, 0), new LedgerLine("web", 1, 0, 1, 0, 0, 0));
        (await PendingIds(new PendingQuery("stores", "1001"))).Should().BeEmpty();
        await RestartAsync();
        (await PendingIds(new PendingQuery("stores", "2002"))).Should().BeEquivalentTo("a", "b");
    }

    [Fact]
    public async Task Events_in_flight_stay_where_they_are_and_so_does_the_halt()
    {
        await Append(Sale("a"));
        var inFlight = (await Lease()).Single();
        await Append(Sale("b"));
        await Outbox.HaltAsync(new HaltScope("stores", "1001"), "unknown_dataset", Hour, default);
        (await Outbox.CountPendingAsync(Wrong, default)).Should().Be(new PendingCount(1, 1));

        (await Outbox.RedirectAsync(Wrong, Right, default)).Should().Be(new ChangedPending(1, 1));

        (await Outbox.HaltsAsync(default)).Should().ContainSingle();
        (await Settle(ChunkSettlement.Deferred(inFlight, Clock.GetUtcNow()))).Should().Equal(SettlementStatus.Settled);
        (await Outbox.DiscardPendingAsync(Wrong, default)).Should().Be(new ChangedPending(1, 0) { IsEmpty = true });
        (await Outbox.HaltsAsync(default)).Should().BeEmpty();
        (await PendingIds(new PendingQuery())).Should().Equal("b");
        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 1, 0, 1, 0));
    }

    [Fact]
    public async Task A_lease_that_ended_by_time_does_not_keep_events_from_moving_and_cannot_settle_them()
    {
        await Append(Sale("a"));
        var slow = (await Lease()).Single();
        Clock.Advance(Outbox.LeaseDuration);

        (await Outbox.RedirectAsync(Wrong, Right, default)).Events.Should().Be(1);

        (await Settle(ChunkSettlement.Delivered(slow))).Should().Equal(SettlementStatus.LeaseLost);
        (await PendingIds(new PendingQuery(DatasetId: "2002"))).Should().Equal("a");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("shop")]
    public async Task An_event_that_the_new_dataset_has_already_is_dropped_as_a_duplicate(string? group)
    {
        var right = Right with { DeduplicationGroup = group };
        await Append(Sale("waits", dataset: "2002", group: group), Sale("delivered", dataset: "2002", group: group));
        await Settle(new ChunkSettlement((await Lease()).Single(), [0], default, []));
        await Append(Sale("waits", group: group), Sale("delivered", group: group), Sale("new", group: group));

        (await Outbox.RedirectAsync(Wrong, right, default))
            .Should()
            .Be(new ChangedPending(1, 0) { Duplicates = 2, IsEmpty = true });

        (await PendingIds(new PendingQuery())).Should().BeEquivalentTo("new", "waits");
        await LedgerShouldBe(new LedgerLine("stores", 5, 1, 2, 0, 2, 0));
        (await Append(Sale("new", dataset: "2002", group: group)))
            .Stored.Should()
            .Equal([false], "the event took its key there");
        await RestartAsync();
        (await Append(Sale("new", dataset: "2002", group: group))).Stored.Should().Equal(false);
    }

    [Fact]
    public async Task A_redirect_to_a_wrong_dataset_can_be_taken_back()
    {
        await Append(Sale("a"), Sale("b"));
        await Outbox.RedirectAsync(Wrong, Right, default);

        (await Outbox.RedirectAsync(new PendingScope("stores", "2002"), Right with { DatasetId = "1001" }, default))
            .Should()
            .Be(new ChangedPending(2, 0) { IsEmpty = true });

        (await Append(Sale("a"), Sale("a", dataset: "2002"))).Stored.Should().Equal(false, true);
        await LedgerShouldBe(new LedgerLine("stores", 3, 0, 3, 0, 0, 0));
    }

    [Fact]
    public async Task A_moved_event_keeps_the_end_of_its_key()
    {
        await Append(Sale("a"));
        Clock.Advance(TimeSpan.FromHours(40));
        await Outbox.RedirectAsync(Wrong, Right, default);
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        Clock.Advance(TimeSpan.FromHours(7));
        (await Append(Sale("a", dataset: "2002"))).Stored.Should().Equal(false);
        Clock.Advance(Hour);

        (await Append(Sale("a", dataset: "2002"))).Stored.Should().Equal(true);
    }

    [Fact]
    public async Task An_event_moves_also_without_a_key_or_with_one_that_its_payload_does_not_say()
    {
        await Append(
            Sale("a", window: TimeSpan.Zero),
            Some.Entry("no name or id"),
            Sale("b", group: "a group that has changed since")
        );

        (await Outbox.RedirectAsync(Wrong, Right, default)).Events.Should().Be(3);

        (await Append(Some.Entry("no name or id"))).Stored.Should().Equal([false], "it keeps the key that it has");
        (await PendingIds(new PendingQuery(DatasetId: "2002"))).Should().HaveCount(3);
    }

    [Fact]
    public async Task A_moved_event_that_fails_releases_its_new_key()
    {
        await Append(Sale("a"));
        await Outbox.RedirectAsync(Wrong, Right, default);
        await Settle(
            new ChunkSettlement((await Lease()).Single(), [], default, [new Burial(0, "refused_by_meta", 100)])
        );

        (await Append(Sale("a", dataset: "2002"))).Stored.Should().Equal(true);
    }

    [Fact]
    public async Task Discarded_waiting_events_can_be_sent_again()
    {
        await Append(Sale("a"), Sale("b", dataset: "5"));
        await Outbox.HaltAsync(new HaltScope("stores", "1001"), "unknown_dataset", Hour, default);
        await Outbox.HaltAsync(new HaltScope("stores", "5"), "unknown_dataset", Hour, default);
        await Outbox.HaltAsync(new HaltScope("stores"), "token_invalid", Hour, default);

        (await Outbox.DiscardPendingAsync(Wrong, default)).Should().Be(new ChangedPending(1, 0) { IsEmpty = true });

        (await Outbox.HaltsAsync(default)).Select(halt => halt.Scope.DatasetId).Should().Equal(null, "5");
        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 1, 0, 1, 0));
        (await Append(Sale("a"), Sale("b", dataset: "5"))).Stored.Should().Equal(true, false);
    }

    [Fact]
    public async Task A_large_dataset_moves_completely_while_others_arrive()
    {
        var padding = new string('x', 1500);
        foreach (var some in Enumerable.Range(0, 3000).Chunk(300))
        {
            await Append([.. some.Select(n => Sale($"{n}", chunkEvents: 100, padding: padding))]);
        }

        var moving = Outbox.RedirectAsync(Wrong, Right, default);
        await Append(Sale("3001", dataset: "2002"), Sale("other", connection: "web"));

        (await moving).Should().Match<ChangedPending>(it => it.Events == 3000 && it.InFlight == 0 && it.IsEmpty);
        (await Outbox.CountPendingAsync(new PendingScope("stores", "2002"), default)).Events.Should().Be(3001);
        await LedgerShouldBe(new LedgerLine("stores", 3001, 0, 3001, 0, 0, 0), new LedgerLine("web", 1, 0, 1, 0, 0, 0));
    }

    [Fact]
    public async Task Keys_of_an_earlier_version_count_at_the_new_dataset()
    {
        await TakeOlderKeyAsync(Sale("a", dataset: "2002").Delivery, Clock.GetUtcNow() + Hour);
        await Append(Sale("a"), Sale("b"));

        (await Outbox.RedirectAsync(Wrong, Right, default))
            .Should()
            .Be(new ChangedPending(1, 0) { Duplicates = 1, IsEmpty = true });
    }

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

        (await PendingIds(new PendingQuery(DatasetId: "2002"))).Should().BeEquivalentTo("a", "b", "c");
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

    [Fact]
    public async Task Moved_events_are_still_erased_with_their_person()
    {
        var person = PersonTrace.Of(MatchKey.Email, "p"u8);
        await Append(Sale("a", padding: "p"), Sale("b"));
        await Outbox.RedirectAsync(Wrong, Right, default);

        (await Outbox.EraseAsync([person], Clock.GetUtcNow() + Hour, default)).Pending.Should().Be(1);

        (await PendingIds(new PendingQuery())).Should().Equal("b");
    }

    private static OutboxEntry Sale(
        string id,
        string connection = "stores",
        string dataset = "1001",
        string? group = null,
        string? uploadTag = null,
        int chunkEvents = 1000,
        TimeSpan? window = null,
        string padding = ""
    ) =>
        Some.Entry(
            id,
            connection,
            dataset,
            uploadTag: uploadTag,
            chunkEvents: chunkEvents,
            window: window,
            payload: PayloadOf(id, padding)
        ) with
        {
            DeduplicationGroup = group,
        };

    private static string PayloadOf(string id, string padding = "") =>
        $$$"""{"event_name":"Purchase","event_id":"{{{id}}}","user_data":{"em":["{{{padding}}}"]}}""";

    private static string IdOf(PendingEvent pending) =>
        pending.Event.Id ?? System.Text.Encoding.UTF8.GetString(pending.Payload!.Value.Span)[6..^2];

    private async Task<IEnumerable<string>> PendingIds(PendingQuery query) =>
        (await Outbox.PendingAsync(query, default)).Events.Select(IdOf);

    private async Task<List<Chunk>> LeaseAllOf(string connection)
    {
        var all = new List<Chunk>();
        while (
            await Outbox.LeaseAsync(new LeaseRequest(connection, 1_000_000, 1_000_000_000), default)
                is { Count: > 0 } some
        )
        {
            all.AddRange(some);
        }

        return all;
    }
}

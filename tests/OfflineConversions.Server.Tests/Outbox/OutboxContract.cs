using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What every outbox does, whatever stores it.</summary>
public abstract class OutboxContract : IAsyncLifetime
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    private protected Clock Clock { get; } = new();

    private protected IOutboxStore Outbox { get; private set; } = null!;

    public virtual async Task InitializeAsync() => Outbox = await OpenAsync();

    public virtual async Task DisposeAsync() => await Outbox.DisposeAsync();

    /// <summary>Opens the store of this test, for the first time or again.</summary>
    private protected abstract Task<IOutboxStore> OpenAsync();

    private protected async Task RestartAsync()
    {
        await Outbox.DisposeAsync();
        Outbox = await OpenAsync();
    }

    private protected ValueTask<AppendResult> Append(params OutboxEntry[] entries) =>
        Outbox.AppendAsync(entries, default);

    private protected ValueTask<IReadOnlyList<Chunk>> Lease() => Outbox.LeaseAsync(Everything, default);

    private protected ValueTask<IReadOnlyList<SettlementStatus>> Settle(params ChunkSettlement[] settlements) =>
        Outbox.SettleAsync(settlements, default);

    [Fact]
    public async Task Events_of_one_call_leave_as_one_chunk_in_order_and_byte_for_byte()
    {
        var result = await Append(
            Some.Entry("a", payload: """{"x":"ä"}"""),
            Some.Entry("b", payload: "{}"),
            Some.Entry("c", payload: """{"y":[1, 2]}""")
        );

        result.Should().BeEquivalentTo(new AppendResult(AppendStatus.Stored, [true, true, true], TimeSpan.Zero));
        var chunk = (await Lease()).Should().ContainSingle().Subject;
        chunk.Texts().Should().Equal("""{"x":"ä"}""", "{}", """{"y":[1, 2]}""");
        chunk.Destination.Should().Be(new Destination("stores", MetaApi.ConversionsApi, "1001", null));
        chunk.Attempts.Should().Be(0);
        chunk.CreatedAt.Should().Be(Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_chunk_expires_with_the_first_of_its_events()
    {
        await Append(
            Some.Entry("a", expiresAt: Some.Expiry.AddHours(2)),
            Some.Entry("b", expiresAt: Some.Expiry.AddHours(1)),
            Some.Entry("c", expiresAt: Some.Expiry.AddHours(3))
        );

        (await Lease()).Single().Events.Min(stored => stored.ExpiresAt).Should().Be(Some.Expiry.AddHours(1));
    }

    [Fact]
    public async Task A_chunk_never_holds_more_events_than_a_batch_may()
    {
        await Append(Enumerable.Range(0, 25).Select(i => Some.Entry($"e{i}", chunkEvents: 10)).ToArray());

        (await Lease()).Select(chunk => chunk.Events.Count).Should().Equal(10, 10, 5);
    }

    [Fact]
    public async Task A_chunk_stays_near_a_megabyte_however_large_its_events_are()
    {
        var large = new string('x', 300_000);
        await Append(Enumerable.Range(0, 5).Select(i => Some.Entry($"e{i}", payload: large)).ToArray());

        (await Lease()).Select(chunk => chunk.Events.Count).Should().Equal(3, 2);
    }

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
    public async Task Delivered_events_leave()
    {
        await Append(Some.Entry("a"), Some.Entry("b"));

        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));

        (await Lease()).Should().BeEmpty();
        (await Outbox.BacklogAsync(default)).Should().BeEmpty();
        (await Outbox.FailedAsync(new FailedQuery(), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Deferred_events_wait_for_their_time_and_remember_the_attempt()
    {
        await Append(Some.Entry("a"));
        await Settle(ChunkSettlement.Deferred((await Lease()).Single(), Clock.GetUtcNow().AddMinutes(1)));

        (await Lease()).Should().BeEmpty();
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await Lease()).Single().Attempts.Should().Be(1);
    }

    [Fact]
    public async Task One_bad_event_is_buried_one_is_kept_and_their_neighbours_are_delivered()
    {
        await Append(Some.Entry("a"), Some.Entry("b"), Some.Entry("c"), Some.Entry("d"));
        var created = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(5));
        var burial = new Burial(2, "rejected_by_meta", 100, 2804050, "Invalid parameter", "trace");

        await Settle(new ChunkSettlement((await Lease()).Single(), [3, 1], Clock.GetUtcNow(), [burial]));

        var kept = (await Lease()).Single();
        kept.Texts().Should().Equal("""{"n":"b"}""", """{"n":"d"}""");
        kept.Attempts.Should().Be(1);
        kept.CreatedAt.Should().Be(created);
        kept.Events.Should().OnlyContain(stored => stored.ExpiresAt == Some.Expiry);
        var failed = (await Outbox.FailedAsync(new FailedQuery("stores"), default)).Single();
        failed.Text().Should().Be("""{"n":"c"}""");
        failed.Burial.Should().Be(burial with { Index = 0 });
        failed.FailedAt.Should().Be(Clock.GetUtcNow());
        failed.Attempts.Should().Be(1);
    }

    [Fact]
    public async Task The_failed_list_shows_the_newest_first_up_to_its_limit()
    {
        for (var i = 0; i < 3; i++)
        {
            await Append(Some.Entry($"{i}"));
            await Settle(new ChunkSettlement((await Lease()).Single(), [], default, [new Burial(0, "window_expired")]));
        }

        (await Outbox.FailedAsync(new FailedQuery(Limit: 2), default))
            .Select(failed => failed.Text())
            .Should()
            .Equal("""{"n":"2"}""", """{"n":"1"}""");
        (await Outbox.FailedAsync(new FailedQuery("web"), default)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_failed_list_is_read_in_pages_and_by_what_one_looks_for()
    {
        await BuryAsync("a", "b", "c");
        Clock.Advance(TimeSpan.FromHours(1));
        await BuryAsync("d");
        var all = await Outbox.FailedAsync(new FailedQuery(), default);

        (await Listed(new FailedQuery(Limit: 2))).Should().Equal("d", "c");
        (await Listed(new FailedQuery(Limit: 2) { Before = all[1].Id })).Should().Equal("b", "a");
        (await Listed(new FailedQuery { Since = Clock.GetUtcNow() })).Should().Equal("d");
        (await Listed(new FailedQuery { Until = Clock.GetUtcNow() })).Should().Equal("c", "b", "a");
        (await Listed(new FailedQuery { Ids = [all[0].Id, all[3].Id] })).Should().Equal("d", "a");
        (await Listed(new FailedQuery { Reason = "refused_by_meta" })).Should().HaveCount(4);
        (await Listed(new FailedQuery { Reason = "window_expired" })).Should().BeEmpty();
        (await Listed(new FailedQuery("web"))).Should().BeEmpty();
        (await Outbox.CountFailedAsync(new FailedSelection("stores") { Until = Clock.GetUtcNow() }, default))
            .Should()
            .Be(3);
    }

    [Fact]
    public async Task A_replayed_event_waits_again_byte_for_byte_as_if_never_tried()
    {
        await BuryAsync("a", "b");
        var first = (await Outbox.FailedAsync(new FailedQuery(), default))[1];

        (await Outbox.ResolveFailedAsync(new FailedSelection { Ids = [first.Id] }, Resolution.Replay, default))
            .Should()
            .Be(1);

        var chunk = (await Lease()).Should().ContainSingle().Subject;
        chunk.Texts().Should().Equal("""{"n":"a"}""");
        chunk
            .Should()
            .Match<Chunk>(it =>
                it.Attempts == 0 && it.Events.Single().ExpiresAt == Some.Expiry && it.Destination == first.Destination
            );
        (await Listed(new FailedQuery())).Should().Equal("b");
        await LedgerShouldBe(new LedgerLine("stores", 2, 0, 1, 1, 0, 0));
    }

    [Fact]
    public async Task Discarded_events_are_gone_and_counted()
    {
        await BuryAsync(Enumerable.Range(0, 1203).Select(i => $"{i}").ToArray());

        (await Outbox.ResolveFailedAsync(new FailedSelection("stores"), Resolution.Discard, default)).Should().Be(1203);

        (await Listed(new FailedQuery())).Should().BeEmpty();
        (await Lease()).Should().BeEmpty();
        await LedgerShouldBe(new LedgerLine("stores", 1203, 0, 0, 0, 1203, 0));
        await RestartAsync();
        await LedgerShouldBe(new LedgerLine("stores", 1203, 0, 0, 0, 1203, 0));
    }

    [Fact]
    public async Task A_pause_outlives_a_restart_and_keeps_its_first_moment()
    {
        var since = Clock.GetUtcNow();
        await Outbox.SetPausedAsync("stores", true, default);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Outbox.SetPausedAsync("stores", true, default);
        await RestartAsync();

        (await Outbox.PausedAsync(default)).Should().Equal(new PausedConnection("stores", since));
        await Outbox.SetPausedAsync("stores", false, default);
        (await Outbox.PausedAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task When_Meta_last_took_events_is_known_after_a_restart()
    {
        await Append(Some.Entry("a"), Some.Entry("b", connection: "web"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        var delivered = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await BuryAsync("c");
        await RestartAsync();

        (await Outbox.LastDeliveriesAsync(default)).Should().Equal(new LastDelivery("stores", delivered));
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

    private protected async Task BuryAsync(params string[] ids)
    {
        await Append([.. ids.Select(id => Some.Entry(id))]);
        while (await Lease() is { Count: > 0 } chunks)
        {
            await Settle([
                .. chunks.Select(chunk => new ChunkSettlement(
                    chunk,
                    [],
                    default,
                    [.. chunk.Events.Select((_, i) => new Burial(i, "refused_by_meta", 100))]
                )),
            ]);
        }
    }

    private protected async Task LedgerShouldBe(params LedgerLine[] lines) =>
        (await Outbox.LedgerAsync(default)).Should().Equal(lines);

    private async Task<IEnumerable<string>> Listed(FailedQuery query) =>
        (await Outbox.FailedAsync(query, default)).Select(failed => failed.Text()[6..^2]);

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
    public async Task A_halt_outlives_a_restart_with_its_reason_its_beginning_and_its_next_probe()
    {
        var since = Clock.GetUtcNow();
        (await Outbox.HaltAsync(new HaltScope("web"), "token_invalid", TimeSpan.FromMinutes(1), default))
            .IsNew.Should()
            .BeTrue();
        await Outbox.HaltAsync(new HaltScope("stores", "2"), "permission_denied", TimeSpan.FromMinutes(2), default);
        Clock.Advance(TimeSpan.FromSeconds(30));
        (await Outbox.HaltAsync(new HaltScope("web"), "unsupported_version", TimeSpan.FromMinutes(5), default))
            .Should()
            .Be(
                new HaltChange(
                    new Halt(new HaltScope("web"), "unsupported_version", since, since.AddSeconds(330)),
                    IsNew: false
                )
            );
        await RestartAsync();

        (await Outbox.HaltsAsync(default))
            .Should()
            .Equal(
                new Halt(new HaltScope("stores", "2"), "permission_denied", since, since.AddMinutes(2)),
                new Halt(new HaltScope("web"), "unsupported_version", since, since.AddSeconds(330))
            );
        (await Outbox.EndHaltAsync(new HaltScope("stores"), default)).Should().BeFalse("only its dataset is halted");
        (await Outbox.EndHaltAsync(new HaltScope("stores", "2"), default)).Should().BeTrue();
        (await Outbox.EndHaltAsync(new HaltScope("stores", "2"), default)).Should().BeFalse();
        (await Outbox.HaltsAsync(default)).Should().ContainSingle();
    }

    [Fact]
    public async Task One_caller_gets_the_probe_of_a_halt_once_its_time_has_come()
    {
        var scope = new HaltScope("stores", "1");
        await Outbox.HaltAsync(scope, "permission_denied", TimeSpan.FromMinutes(1), default);
        await Outbox.HaltAsync(new HaltScope("web"), "token_invalid", TimeSpan.FromMinutes(1), default);
        var patience = TimeSpan.FromSeconds(15);

        (await Outbox.TryProbeAsync(scope, patience, default)).Should().BeFalse("its time has not come");
        await Outbox.ProbeNowAsync("stores", default);
        (await Outbox.TryProbeAsync(scope, patience, default)).Should().BeTrue();
        (await Outbox.TryProbeAsync(scope, patience, default)).Should().BeFalse("someone else is probing");
        (await Outbox.TryProbeAsync(new HaltScope("web"), patience, default)).Should().BeFalse();
        (await Outbox.TryProbeAsync(new HaltScope("stores"), patience, default)).Should().BeFalse("it is not halted");
        Clock.Advance(patience);
        (await Outbox.TryProbeAsync(scope, patience, default)).Should().BeTrue("the first probe was lost");
    }

    [Fact]
    public async Task A_second_settlement_of_the_same_lease_changes_nothing()
    {
        await Append(Some.Entry("a"));
        var chunk = (await Lease()).Single();
        var due = Clock.GetUtcNow();

        await Settle(ChunkSettlement.Deferred(chunk, due), ChunkSettlement.Delivered(chunk));
        await Settle(ChunkSettlement.Delivered(chunk));

        (await Lease()).Single().Attempts.Should().Be(1);
    }

    [Fact]
    public async Task A_settlement_that_names_an_event_twice_is_a_defect_of_the_caller()
    {
        await Append(Some.Entry("a"), Some.Entry("b"));
        var chunk = (await Lease()).Single();

        await FluentActions
            .Awaiting(async () => await Settle(new ChunkSettlement(chunk, [0], default, [new Burial(0, "x")])))
            .Should()
            .ThrowAsync<ArgumentException>();
        await FluentActions
            .Awaiting(async () => await Settle(new ChunkSettlement(chunk, [2], default, [])))
            .Should()
            .ThrowAsync<ArgumentException>();
        await Settle(ChunkSettlement.Delivered(chunk));
        (await Outbox.BacklogAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_backlog_counts_what_waits_for_each_connection_and_tells_its_age()
    {
        await Append(
            Some.Entry("a", payload: "12345"),
            Some.Entry("b", dataset: "2", payload: "123"),
            Some.Entry("c", connection: "web", payload: "1")
        );
        var first = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Append(Some.Entry("d", connection: "web", payload: "12"), Some.Entry("e", connection: "app"));
        await Settle(
            ChunkSettlement.Delivered((await Outbox.LeaseAsync(new LeaseRequest("app", 1, 1), default)).Single())
        );
        await Settle(
            ChunkSettlement.Delivered((await Outbox.LeaseAsync(new LeaseRequest("web", 1, 1), default)).Single())
        );

        (await Outbox.BacklogAsync(default))
            .Should()
            .Equal(new Backlog("stores", 2, 8, first), new Backlog("web", 1, 2, Clock.GetUtcNow()));
    }

    [Fact]
    public async Task The_same_delivery_is_stored_once_within_one_call_and_across_calls()
    {
        (await Append(Some.Entry("a"), Some.Entry("b"), Some.Entry("a"))).Stored.Should().Equal(true, true, false);
        (await Append(Some.Entry("b"), Some.Entry("c"))).Stored.Should().Equal(false, true);

        (await Lease()).Texts().Should().Equal("""{"n":"a"}""", """{"n":"b"}""", """{"n":"c"}""");
    }

    [Fact]
    public async Task The_same_id_for_another_dataset_or_event_name_is_another_delivery()
    {
        (await Append(Some.Entry("a"), Some.Entry("a", dataset: "2"), Some.Entry("a", eventName: "Lead")))
            .Stored.Should()
            .AllBeEquivalentTo(true);
        (await Append(Some.Entry("b", dataset: "1", eventName: "1x"), Some.Entry("b", dataset: "11", eventName: "x")))
            .Stored.Should()
            .AllBeEquivalentTo(true);
    }

    [Fact]
    public async Task A_delivered_event_is_still_a_duplicate()
    {
        await Append(Some.Entry("a"));
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));

        (await Append(Some.Entry("a"))).Stored.Should().Equal(false);
    }

    [Fact]
    public async Task A_delivery_is_new_again_after_the_window()
    {
        await Append(Some.Entry("a", window: TimeSpan.FromHours(1)));
        Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        (await Append(Some.Entry("a", window: TimeSpan.FromHours(1)))).Stored.Should().Equal(false);

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await Append(Some.Entry("a", window: TimeSpan.FromHours(1)))).Stored.Should().Equal(true);
    }

    [Fact]
    public async Task A_window_of_zero_lets_everything_through()
    {
        (await Append(Some.Entry("a", window: TimeSpan.Zero), Some.Entry("a", window: TimeSpan.Zero)))
            .Stored.Should()
            .Equal(true, true);
    }

    [Fact]
    public async Task An_empty_call_is_stored_at_once() => (await Append()).Status.Should().Be(AppendStatus.Stored);

    [Fact]
    public async Task Everything_unsent_is_there_after_a_restart()
    {
        await Append(Some.Entry("a"), Some.Entry("b", dataset: "2"));
        await Append(Some.Entry("c"));
        await Settle(new ChunkSettlement((await Lease())[0], [], default, [new Burial(0, "x")]));

        await RestartAsync();

        (await Lease()).Texts().Should().Equal("""{"n":"b"}""");
        (await Lease()).Texts().Should().Equal("""{"n":"c"}""");
        (await Outbox.FailedAsync(new FailedQuery(), default)).Single().Text().Should().Be("""{"n":"a"}""");
        (await Append(Some.Entry("a"), Some.Entry("c"))).Stored.Should().Equal(false, false);
        (await Outbox.BacklogAsync(default)).Single().Events.Should().Be(2);
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
    public async Task A_closed_outbox_refuses_events_and_says_so()
    {
        await Outbox.DisposeAsync();

        Outbox.Health.Ready.Should().BeFalse();
        (await Append(Some.Entry("a"))).Status.Should().Be(AppendStatus.Unavailable);
        await Outbox.DisposeAsync();
    }

    [Fact]
    public async Task Closing_finishes_what_was_asked_before()
    {
        var appends = Enumerable.Range(0, 200).Select(i => Append(Some.Entry($"{i}")).AsTask()).ToArray();
        await RestartAsync();

        (await Task.WhenAll(appends)).Should().OnlyContain(result => result.Status == AppendStatus.Stored);
        (await Lease()).Texts().Should().HaveCount(200);
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

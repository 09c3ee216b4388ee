using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What an append stores, and what it recognises as a repeat.</summary>
public abstract partial class OutboxContract
{
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
    public async Task After_an_append_the_memory_of_the_payloads_belongs_to_the_caller_again()
    {
        var memory = """{"x":1}"""u8.ToArray();
        var entry = Some.Entry("a");
        await Append(entry with { Delivery = entry.Delivery with { Payload = memory } });
        memory.AsSpan().Clear();

        (await Lease()).Single().Texts().Should().Equal("""{"x":1}""");
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
    public async Task Everything_unsent_is_there_after_a_restart()
    {
        await Append(Some.Entry("a"), Some.Entry("b", dataset: "2"));
        await Append(Some.Entry("c"));
        await Settle(new ChunkSettlement((await Lease())[0], [], default, [new Burial(0, "x")]));

        await RestartAsync();

        (await Lease()).Texts().Should().Equal("""{"n":"b"}""");
        (await Lease()).Texts().Should().Equal("""{"n":"c"}""");
        (await Outbox.FailedAsync(new FailedQuery(), default)).Single().Text().Should().Be("""{"n":"a"}""");
        (await Outbox.BacklogAsync(default)).Single().Events.Should().Be(2);
        (await Append(Some.Entry("a"), Some.Entry("c")))
            .Stored.Should()
            .Equal([true, false], "a failed copy has released its key");
    }
}

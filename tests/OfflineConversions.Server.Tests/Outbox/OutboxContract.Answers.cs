using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What the journal says that Meta said.</summary>
public abstract partial class OutboxContract
{
    private static readonly MetaAnswer Busy = new(4, null, "Request limit reached", "trace-busy");
    private static readonly MetaAnswer Taken = new(Code: null, TraceId: "trace-taken");

    [Fact]
    public async Task Delivered_events_have_the_answer_to_their_request()
    {
        await NoteAsync([.. Enumerable.Range(0, 5).Select(i => Accepted($"e{i}"))]);
        var chunk = (await Lease()).Single();
        await Settle(
            new ChunkSettlement(chunk, [], default, [Refused with { Index = 1 }])
            {
                Accepted = [new AcceptedRun(0, 3, Taken), new AcceptedRun(3, 1, Taken with { TraceId = "trace-2" })],
            }
        );

        await RestartAsync();

        (await AnswerToAsync("e0")).Should().Be(Taken);
        (await AnswerToAsync("e1")).Should().Be(Refused.Answer);
        (await AnswerToAsync("e2")).Should().Be(Taken);
        (await AnswerToAsync("e3")).Should().Be(Taken with { TraceId = "trace-2" });
        (await AnswerToAsync("e4")).Should().BeNull();
        await StatesShouldBe("e0 Delivered", "e1 Failed", "e2 Delivered", "e3 Delivered", "e4 Delivered");
    }

    [Fact]
    public async Task A_waiting_event_has_Metas_last_answer_until_it_is_delivered()
    {
        await NoteAsync(Accepted("a"), Accepted("b"));
        await DeferAsync(Busy with { TraceId = "trace-earlier" });
        await DeferAsync(Busy);
        await DeferAsync(answer: null);

        (await AnswerToAsync("a")).Should().Be(Busy, "the last attempt got no answer");
        await RestartAsync();
        (await AnswerToAsync("b")).Should().Be(Busy);

        var chunk = (await Lease()).Single();
        await Settle(new ChunkSettlement(chunk, [1], Clock.GetUtcNow(), []) { Accepted = [new(0, 1, Taken)] });

        (await AnswerToAsync("a")).Should().Be(Taken);
        (await AnswerToAsync("b")).Should().Be(Busy);
        await Settle(ChunkSettlement.Delivered((await Lease()).Single()));
        (await AnswerToAsync("b")).Should().BeNull("it was accepted, and nothing is known of that answer");
    }

    [Fact]
    public async Task Of_a_chunk_that_was_settled_in_part_the_rest_has_the_answer_to_it()
    {
        await NoteAsync(Accepted("a"), Accepted("b"), Accepted("c"));
        var chunk = (await Lease()).Single();
        await Settle(
            new ChunkSettlement(chunk, [0, 2], Clock.GetUtcNow(), [])
            {
                Accepted = [new(1, 1, Taken)],
                LastAnswer = Busy,
            }
        );

        (await AnswerToAsync("a")).Should().Be(Busy);
        (await AnswerToAsync("b")).Should().Be(Taken);
        (await AnswerToAsync("c")).Should().Be(Busy);
    }

    [Fact]
    public async Task An_event_that_is_given_up_keeps_the_last_answer()
    {
        await NoteAsync(Accepted("a"), Accepted("b"));
        await DeferAsync(Busy);
        var chunk = (await Lease()).Single();
        await Settle(
            new ChunkSettlement(chunk, [1], Clock.GetUtcNow(), [new Burial(0, "expired")], CountAttempt: false)
        );
        await Outbox.DiscardPendingAsync(Wrong, default);

        await StatesShouldBe("a Failed", "b Discarded");
        (await AnswerToAsync("a")).Should().Be(Busy);
        (await AnswerToAsync("b")).Should().Be(Busy);
    }

    [Fact]
    public async Task What_the_wrong_dataset_answered_is_not_said_of_the_right_one()
    {
        await NoteAsync(Accepted("a"));
        await DeferAsync(Busy);
        await Outbox.RedirectAsync(Wrong, Right, default);

        (await AnswerToAsync("a")).Should().BeNull();
    }

    [Fact]
    public async Task A_replayed_event_begins_without_an_answer()
    {
        await NoteAsync(Accepted("a"));
        await FailAllAsync();
        await Outbox.ResolveFailedAsync(new FailedSelection("stores"), Resolution.Replay, default);

        (await AnswerToAsync("a")).Should().BeNull();
    }

    private async Task DeferAsync(MetaAnswer? answer)
    {
        var chunk = (await Lease()).Single();
        await Settle(ChunkSettlement.Deferred(chunk, Clock.GetUtcNow()) with { LastAnswer = answer });
    }

    private async Task<MetaAnswer?> AnswerToAsync(string id) => (await OnlyAsync(id)).Deliveries.Single().Answer;
}

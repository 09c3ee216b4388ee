using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What the tests of the journal note and ask.</summary>
public abstract partial class OutboxContract
{
    private protected static EventResult Accepted(string id, string[]? warnings = null, string? order = null) =>
        new(Outcome.Accepted, null, warnings ?? [], [Some.Entry(id).Delivery], id)
        {
            EventName = "Order",
            OrderId = order,
        };

    private static EventResult Several(string id, params string[] datasets) =>
        Accepted(id) with
        {
            Deliveries = [.. datasets.Select(dataset => Some.Entry(id, dataset: dataset).Delivery)],
        };

    private static EventResult EventOf(string id, string person, params string[] warnings) =>
        Accepted(id, warnings) with
        {
            Deliveries = [OfPerson(id, person).Delivery],
        };

    private static EventResult NotSent(string id, Outcome outcome, string reason, string? order = null) =>
        new(outcome, reason, [], [], id) { EventName = "Order", OrderId = order };

    private static OutboxEntry[] EntriesOf(string connection, IEnumerable<EventResult> events) =>
        [
            .. events
                .SelectMany(one => one.Deliveries)
                .Select(delivery => Some.Entry("", connection) with { Delivery = delivery }),
        ];

    private protected Task<AppendResult> NoteAsync(params EventResult[] events) => NoteAsync("stores", events);

    private protected async Task<AppendResult> NoteAsync(string connection, params EventResult[] events) =>
        await Outbox.AppendAsync(EntriesOf(connection, events), new Arrivals(connection, "segment", events), default);

    private ValueTask<JournalFinding> FindAsync(string id) =>
        Outbox.FindAsync(new JournalSearch(IsOrder: false, ShortDigests.Of(id)), default);

    private protected async Task<JournalArrival> OnlyAsync(string id) =>
        (await FindAsync(id)).Arrivals.Should().ContainSingle(id).Subject;

    private protected async Task FailAllAsync()
    {
        foreach (var chunk in await AllAsync())
        {
            await Settle(
                new ChunkSettlement(chunk, [], default, [.. chunk.Events.Select((_, i) => Refused with { Index = i })])
            );
        }
    }

    private protected async Task StatesShouldBe(params string[] states)
    {
        foreach (var expected in states)
        {
            var text = new StringBuilder(expected.Split(' ')[0]);
            foreach (var delivery in (await OnlyAsync(text.ToString())).Deliveries)
            {
                text.Append(' ').Append(delivery.State);
            }

            text.ToString().Should().Be(expected);
        }
    }

    private async Task OutcomesShouldBe(OutcomeQuery query, params string[] ids)
    {
        var page = await Outbox.OutcomesAsync(query, default);
        page.Items.Select(item => item.EventId).Should().Equal(ids);
        page.Next.Should().BeNull();
    }
}

using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What an erasure removes.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task An_erasure_removes_what_waits_and_what_failed_of_a_person_with_their_keys()
    {
        await Append(OfPerson("a", "jane"));
        await Settle(new ChunkSettlement((await Lease()).Single(), [], default, [new Burial(0, "refused_by_meta")]));
        await Append(OfPerson("b", "jane"), OfPerson("c", "john"));

        var erased = await EraseAsync("jane");

        erased.Should().Be(new ErasedEvents(Pending: 1, Failed: 1, DeduplicationKeys: 2, InFlight: 0));
        (await Lease()).Texts().Should().ContainSingle().Which.Should().Contain("john");
        (await Outbox.FailedAsync(new FailedQuery(), default)).Should().BeEmpty();
        await LedgerShouldBe(new LedgerLine("stores", 3, 0, 1, 0, 2, 0));
    }

    [Fact]
    public async Task No_event_of_an_erased_person_is_stored_until_the_suppression_ends_also_after_a_restart()
    {
        await EraseAsync("jane");
        await RestartAsync();

        var refused = await Append(OfPerson("a", "jane"), OfPerson("b", "john"));
        Clock.Advance(TimeSpan.FromDays(30));

        refused.Stored.Should().Equal(false, true);
        refused.Erased.Should().Equal(true, false);
        (await Append(OfPerson("a", "jane"))).Stored.Should().Equal(true);
    }

    [Fact]
    public async Task An_event_of_an_erased_person_in_flight_is_delivered_or_removed_when_its_attempt_fails()
    {
        await Append(OfPerson("a", "jane"), OfPerson("b", "john"), OfPerson("c", "jane"));
        var chunk = (await Lease()).Single();

        (await EraseAsync("jane")).InFlight.Should().Be(2);
        await Settle(new ChunkSettlement(chunk, [1, 2], Clock.GetUtcNow(), []));

        (await Lease()).Texts().Should().ContainSingle().Which.Should().Contain("john");
        await LedgerShouldBe(new LedgerLine("stores", 3, 1, 1, 0, 1, 0));
    }

    private protected static OutboxEntry OfPerson(string id, string person) =>
        Some.Entry(id, payload: $$$"""{"n":"{{{id}}}","user_data":{"em":["{{{person}}}"]}}""");

    private protected ValueTask<ErasedEvents> EraseAsync(string person) =>
        Outbox.EraseAsync(
            [PersonTrace.Of(MatchKey.Email, Encoding.UTF8.GetBytes(person))],
            Clock.GetUtcNow().AddDays(30),
            default
        );
}

using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>Erasures, which hold for all replicas.</summary>
public sealed partial class PostgresReplicasTests
{
    [Fact]
    public async Task An_erasure_at_one_replica_holds_for_all()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        await second.AppendAsync([OfPerson("a", "jane"), OfPerson("b", "john")], default);
        var inFlight = (await second.LeaseAsync(Everything, default)).Single();
        await second.AppendAsync([OfPerson("c", "jane")], default);

        var erased = await first.EraseAsync(
            [PersonTrace.Of(MatchKey.Email, "jane"u8)],
            _clock.GetUtcNow().AddDays(30),
            default
        );

        (erased.Pending, erased.InFlight).Should().Be((1, 1));
        var again = await second.AppendAsync([OfPerson("d", "jane"), OfPerson("e", "john")], default);
        again.Stored.Should().Equal(false, true);
        again.Erased.Should().Equal(true, false);
        await second.SettleAsync([ChunkSettlement.Deferred(inFlight, _clock.GetUtcNow())], default);
        (await LeaseAllAsync(first)).Texts().Should().HaveCount(2).And.OnlyContain(text => text.Contains("john"));
    }

    [Fact]
    public async Task What_a_killed_replica_had_in_flight_of_an_erased_person_is_not_sent_by_another()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        await second.AppendAsync([OfPerson("a", "jane"), OfPerson("b", "john")], default);
        await second.LeaseAsync(Everything, default);
        await first.EraseAsync([PersonTrace.Of(MatchKey.Email, "jane"u8)], _clock.GetUtcNow().AddDays(30), default);
        await second.AbandonAsync();

        _clock.Advance(first.LeaseDuration);

        (await LeaseAllAsync(first)).Texts().Should().ContainSingle().Which.Should().Contain("john");
    }

    private static OutboxEntry OfPerson(string id, string person) =>
        Some.Entry(id, payload: $$$"""{"n":"{{{id}}}","user_data":{"em":["{{{person}}}"]}}""");
}

using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;

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

        var erased = await EraseAsync(first, "jane");

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
        await EraseAsync(first, "jane");
        await second.AbandonAsync();

        _clock.Advance(first.LeaseDuration);

        // At this moment the erasure may be taking the person out of the chunk, and then nothing is due for an instant.
        var sent = new List<string>();
        await Wait.UntilAsync(async () =>
        {
            sent.AddRange((await LeaseAllAsync(first)).Texts());
            return sent.Count > 0;
        });
        _clock.Advance(first.LeaseDuration);
        sent.AddRange((await LeaseAllAsync(first)).Texts());
        sent.Should().HaveCount(2).And.OnlyContain(text => text.Contains("john"));
    }

    [Fact]
    public async Task A_chunk_that_is_claimed_while_an_erasure_removes_it_counts_as_in_flight()
    {
        var replica = await OpenAsync();
        await replica.AppendAsync([OfPerson("a", "jane"), OfPerson("b", "john")], default);
        await using var other = new NpgsqlConnection(_database + ";Pooling=false");
        await other.OpenAsync();
        await using var claim = await other.BeginTransactionAsync();
        await ExecuteAsync(
            other,
            "UPDATE offlineconversions.work SET owner = gen_random_uuid(), fence = fence + 1, lease_end = "
                + (_clock.GetUtcNow() + replica.LeaseDuration).ToUnixTimeMilliseconds()
        );

        var erasing = EraseAsync(replica, "jane");
        await Wait.UntilAsync(async () =>
            await PostgresServer.AskAsync<long>(
                _database,
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ) > 0
        );
        await claim.CommitAsync();

        var erased = await erasing;
        (erased.Pending, erased.InFlight).Should().Be((0, 1));
        (await LeaseAllAsync(replica)).Should().BeEmpty("it is in flight");
        await Wait.UntilAsync(async () =>
        {
            _clock.Advance(replica.LeaseDuration);
            return await PostgresServer.AskAsync<bool>(
                _database,
                "SELECT bool_and(swept) FROM offlineconversions.suppressed"
            );
        });
        (await LeaseAllAsync(replica)).Texts().Should().ContainSingle().Which.Should().Contain("john");
    }

    [Fact]
    public async Task Whatever_replicas_do_meanwhile_no_lease_after_an_erasure_holds_the_person()
    {
        const int Rounds = 30;
        PostgresOutbox[] replicas = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        var (late, isErased) = (new ConcurrentBag<string>(), false);
        for (var round = 0; round < Rounds; round++)
        {
            var person = $"person-{round}";
            await replicas[round % 3]
                .AppendAsync([OfPerson($"{round}-a", person), OfPerson($"{round}-b", "john")], default);
            Volatile.Write(ref isErased, false);
            var sending = replicas
                .Select((replica, at) => Task.Run(() => SendAsync(replica, person, new Random((round * 3) + at))))
                .ToArray();
            await EraseAsync(replicas[(round + 1) % 3], person);
            Volatile.Write(ref isErased, true);
            await Task.WhenAll(sending);
        }

        late.Should().BeEmpty();
        var kept = new HashSet<string>();
        await Wait.UntilAsync(async () =>
        {
            _clock.Advance(replicas[0].LeaseDuration);
            kept.UnionWith((await LeaseAllAsync(replicas[0])).Texts());
            return kept.Count == Rounds;
        });
        kept.Should().OnlyContain(text => text.Contains("john"));

        // Some results are lost with their process, and their leases end by time.
        async Task SendAsync(PostgresOutbox replica, string person, Random random)
        {
            for (var call = 0; call < 8; call++)
            {
                var isAfter = Volatile.Read(ref isErased);
                var chunks = await replica.LeaseAsync(Everything, default);
                foreach (var text in chunks.Texts().Where(text => isAfter && text.Contains(person)))
                {
                    late.Add(text);
                }

                if (random.Next(2) == 0)
                {
                    await replica.SettleAsync(
                        [.. chunks.Select(chunk => ChunkSettlement.Deferred(chunk, _clock.GetUtcNow()))],
                        default
                    );
                }

                _clock.Advance(replica.LeaseDuration / 4);
            }
        }
    }

    private Task<ErasedEvents> EraseAsync(PostgresOutbox replica, string person) =>
        replica
            .EraseAsync(
                [PersonTrace.Of(MatchKey.Email, Encoding.UTF8.GetBytes(person))],
                _clock.GetUtcNow().AddDays(30),
                default
            )
            .AsTask();

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static OutboxEntry OfPerson(string id, string person) =>
        Some.Entry(id, payload: $$$"""{"n":"{{{id}}}","user_data":{"em":["{{{person}}}"]}}""");
}

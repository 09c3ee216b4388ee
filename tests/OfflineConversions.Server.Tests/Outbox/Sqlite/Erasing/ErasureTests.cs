using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Erasing;

public sealed partial class ErasureTests : IAsyncLifetime
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);
    private SqliteOutbox _outbox = null!;

    public Task InitializeAsync()
    {
        _outbox = Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_waits_and_what_failed_of_a_person_is_removed_and_their_neighbours_stay()
    {
        await AppendAsync(Event("a", "jane"), Event("b", "john"));
        await BuryAllAsync();
        await AppendAsync(
            Event("c", "jane"),
            Event("d", "john"),
            Event("e", "jane"),
            Event("f", "jane", connection: "web")
        );

        (await EraseAsync("jane"))
            .Should()
            .Be(new ErasedEvents(Pending: 3, Failed: 1, DeduplicationKeys: 4, InFlight: 0));

        (await LeaseAsync()).Texts().Should().ContainSingle().Which.Should().Contain("john");
        (await _outbox.FailedAsync(new FailedQuery(), default))
            .Should()
            .ContainSingle()
            .Which.Text()
            .Should()
            .Contain("john");
        (await _outbox.LedgerAsync(default))
            .Should()
            .Equal(
                new LedgerLine("stores", Accepted: 5, Delivered: 0, Waiting: 1, Failed: 1, Discarded: 3, Expired: 0),
                new LedgerLine("web", Accepted: 1, Delivered: 0, Waiting: 0, Failed: 0, Discarded: 1, Expired: 0)
            );
        (await EraseAsync("jane")).Should().Be(default(ErasedEvents), "a second time there is nothing left");
    }

    [Fact]
    public async Task A_persons_events_are_removed_from_many_slices_with_all_their_keys()
    {
        for (var each = 0; each < 30; each++)
        {
            await AppendAsync(
                Event($"a{each}", "jane", filler: new string('x', 400_000)),
                Event($"b{each}", "john", filler: new string('x', 400_000))
            );
        }

        (await EraseAsync("jane"))
            .Should()
            .Be(new ErasedEvents(Pending: 30, Failed: 0, DeduplicationKeys: 30, InFlight: 0));
        (await AppendAsync([.. Enumerable.Range(0, 30).Select(each => Event($"b{each}", "john"))]))
            .Stored.Should()
            .OnlyContain(stored => !stored, "the neighbours' keys stay");
    }

    [Fact]
    public async Task An_erased_chunk_keeps_its_due_time_and_its_attempts()
    {
        await AppendAsync(Event("a", "jane"), Event("b", "john"));
        await _outbox.SettleAsync(
            [ChunkSettlement.Deferred((await LeaseAsync()).Single(), _clock.GetUtcNow().AddMinutes(5))],
            default
        );

        await EraseAsync("jane");

        (await LeaseAsync()).Should().BeEmpty();
        _clock.Advance(TimeSpan.FromMinutes(5));
        (await LeaseAsync()).Should().ContainSingle(chunk => chunk.Attempts == 1 && chunk.Events.Count == 1);
    }

    [Fact]
    public async Task New_events_of_an_erased_person_are_not_accepted_until_the_suppression_ends_also_after_a_restart()
    {
        await AppendAsync(Event("a", "jane"));
        await EraseAsync("jane");

        var again = await AppendAsync(Event("a", "jane"), Event("b", "john"), Event("c", "jane"));
        again.Stored.Should().Equal(false, true, false);
        again.Erased.Should().Equal(true, false, true);
        await RestartAsync();
        (await AppendAsync(Event("d", "jane"))).Erased.Should().Equal(true);

        _clock.Advance(TimeSpan.FromHours(48));
        (await AppendAsync(Event("a", "jane")))
            .Stored.Should()
            .Equal([true], "its key was erased and the suppression is over");
        await Files.Eventually(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Ask("SELECT count(*) FROM suppressed") == 0;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_an_erasure_no_file_holds_a_trace_of_the_person(bool large)
    {
        var filler = new string('y', large ? 50_000 : 100);
        for (var i = 0; i < 40; i++)
        {
            // Moved about: delivered beside, kept, buried, replayed.
            await AppendAsync(
                Event($"a{i}", "jane", filler: filler),
                Event($"b{i}", "john", filler: filler),
                Event($"c{i}", "mary", filler: filler)
            );
            var chunk = (await LeaseAsync()).Single(leased => leased.Attempts == 0);
            await _outbox.SettleAsync(
                [
                    new ChunkSettlement(
                        chunk,
                        i % 2 == 0 ? [0] : [1],
                        _clock.GetUtcNow().AddHours(1),
                        [new Burial(i % 2 == 0 ? 1 : 0, "refused_by_meta")]
                    ),
                ],
                default
            );
        }

        await _outbox.ResolveFailedAsync(new FailedSelection { Ids = [1, 2, 3] }, Resolution.Replay, default);
        Files.Holding(_folder.Path, "jane").Should().NotBeEmpty();

        await EraseAsync("jane");

        Files.Holding(_folder.Path, "jane").Should().BeEmpty();
        Files.Holding(_folder.Path, "john").Should().NotBeEmpty();
    }

    private async Task BuryAllAsync() =>
        await _outbox.SettleAsync(
            [
                .. (await LeaseAsync()).Select(chunk => new ChunkSettlement(
                    chunk,
                    [],
                    default,
                    [.. chunk.Events.Select((_, i) => new Burial(i, "refused_by_meta"))]
                )),
            ],
            default
        );

    private ValueTask<AppendResult> AppendAsync(params OutboxEntry[] entries) => _outbox.AppendAsync(entries, default);

    private ValueTask<IReadOnlyList<Chunk>> LeaseAsync() => _outbox.LeaseAsync(Everything, default);

    private Task<ErasedEvents> EraseAsync(string person) =>
        _outbox.EraseAsync([Trace(person)], _clock.GetUtcNow().AddHours(48), default).AsTask();

    private static PersonTrace Trace(string person) => PersonTrace.Of(MatchKey.Email, Encoding.UTF8.GetBytes(person));

    private static OutboxEntry Event(string id, string person, string connection = "stores", string filler = "") =>
        Some.Entry(
            id,
            connection,
            payload: $$$"""
            {"event_name":"Purchase","event_id":"{{{id}}}","filler":"{{{filler}}}",
              "user_data":{"em":["{{{person}}}"]}}
            """
        );

    private long Ask(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={_folder.File("outbox.db")};Pooling=False"
        );
        connection.Open();
        using var statement = new Statement(connection, sql);
        return statement.Scalar();
    }

    private async Task RestartAsync()
    {
        await _outbox.DisposeAsync();
        _outbox = Open();
    }

    private SqliteOutbox Open() =>
        new(new OutboxOptions { Path = _folder.File("outbox.db") }, _clock, NullLogger<SqliteOutbox>.Instance);
}

using OfflineConversions.Server.Doctor;
using OfflineConversions.Server.Outbox.Postgres;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Doctor;

/// <summary>The daily look at tokens by two replicas on one database, with a clock that the test moves.</summary>
public sealed class DailyCheckReplicasTests : IAsyncLifetime
{
    /// <summary>Two seconds and more.</summary>
    private const int LooksForARound = 100;

    private readonly AdjustableTime _time = new(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
    private readonly List<PostgresOutbox> _outboxes = [];
    private readonly List<CheckedConnection> _replicas = [];
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _sandbox = await RunningSandbox.StartAsync(_time);
        for (var count = 0; count < 3; count++)
        {
            _outboxes.Add(await Replica.OpenAsync(database, _time));
            _replicas.Add(new CheckedConnection(_sandbox, _time, _outboxes[count]));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        foreach (var outbox in _outboxes)
        {
            await outbox.DisposeAsync();
        }

        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }
    }

    [Fact]
    public async Task Of_two_replicas_one_asks_Meta_and_the_other_one_knows_the_answer()
    {
        await _sandbox.PostAsync("/sandbox/tokens", """{"token":"t0ken","expiresAt":"2026-12-05T00:00:00Z"}""");
        await _sandbox.PostAsync(
            "/sandbox/faults",
            """{"node":"debug_token","headers":{"facebook-api-version":"v28.0"},"times":1}"""
        );
        DailyCheck[] checks = [await _replicas[0].StartAsync(), await _replicas[1].StartAsync()];

        await UntilAsync(() =>
            _replicas.Take(2).All(replica => replica is { Finding.Valid: true, Versions.Warnings.Count: 1 })
        );

        Asked.Should().Be(1);
        await Task.WhenAll(checks.Select(check => check.StopAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task A_replica_that_starts_later_asks_a_day_after_the_others_did()
    {
        var first = await _replicas[0].StartAsync();
        await UntilAsync(() => _replicas[0].Finding is not null);
        await Wait.UntilAsync(async () => (await _outboxes[0].NotesAsync("daily check", default)).Count > 0);
        await first.StopAsync(CancellationToken.None);
        var later = await _replicas[2].StartAsync();
        await UntilAsync(() => _replicas[2].Finding is not null);
        Asked.Should().Be(1);

        _time.Advance(DailyCheck.Interval);
        await UntilAsync(() => Asked == 2);

        await later.StopAsync(CancellationToken.None);
    }

    private int Asked => _sandbox.Asked.Count(path => path.StartsWith("/v27.0/debug_token", StringComparison.Ordinal));

    /// <summary>
    /// Moves the clock until something is true: far enough that a round is due, and then not before the round had the
    /// time to end. While it runs, each second that the clock moves brings the end of its lease nearer.
    /// </summary>
    private Task UntilAsync(Func<bool> isTrue)
    {
        var looks = 0;
        return Wait.UntilAsync(() =>
        {
            if (looks++ % LooksForARound == 10)
            {
                _time.Advance(DailyCheck.LongestFirstWait);
            }

            return Task.FromResult(isTrue());
        });
    }
}

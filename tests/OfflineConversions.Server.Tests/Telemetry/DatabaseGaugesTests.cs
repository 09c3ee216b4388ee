using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>The gauges of the database, with a store that the test scripts.</summary>
public sealed class DatabaseGaugesTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedUse _store = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Instruments _instruments;
    private readonly DatabaseGauges _gauges;

    public DatabaseGaugesTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _instruments = new Instruments(meters);
        _gauges = new DatabaseGauges(meters, _store, _time);
    }

    public async ValueTask DisposeAsync()
    {
        _instruments.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task However_often_they_are_asked_for_the_server_is_asked_every_15_seconds()
    {
        for (var scrape = 0; scrape < 30; scrape++)
        {
            await _gauges.RefreshAsync(default);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _store.Asked.Should().Be(2);
        _instruments.Read()["offlineconversions.database.table.rows work dead"].Should().Be(4);
    }

    [Fact]
    public async Task A_server_that_does_not_respond_delays_nothing_for_long_and_is_not_asked_twice()
    {
        await _gauges.RefreshAsync(default);
        _time.Advance(DatabaseGauges.Interval);
        _store.Answer = new TaskCompletionSource<DatabaseUse?>();

        var scrape = _gauges.RefreshAsync(default);
        scrape.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await scrape;
        var second = _gauges.RefreshAsync(default);
        _time.Advance(TimeSpan.FromSeconds(1));
        await second;

        _store.Asked.Should().Be(2);
        _instruments.Read()["offlineconversions.database.table.size work indexes"].Should().Be(2, "it is the last one");
    }

    [Fact]
    public async Task A_server_that_is_down_leaves_the_last_values()
    {
        await _gauges.RefreshAsync(default);
        _time.Advance(DatabaseGauges.Interval);
        _store.Answer = new TaskCompletionSource<DatabaseUse?>();
        _store.Answer.SetException(
            new OutboxUnavailableException("The database cannot be reached.", new IOException())
        );

        await _gauges.RefreshAsync(default);

        _instruments.Read()["offlineconversions.database.partitions ahead"].Should().Be(1);
    }

    private sealed class ScriptedUse : IDatabaseUse
    {
        public int Asked { get; private set; }

        public TaskCompletionSource<DatabaseUse?>? Answer { get; set; }

        public ValueTask<DatabaseUse?> DatabaseUseAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return Answer is { } answer
                ? new(answer.Task)
                : new(
                    new DatabaseUse(
                        [new TableUse("work", 1, 2, 3, 4)],
                        new PartitionUse(Filled: 2, Ahead: 1, TimeSpan.FromHours(3)),
                        new Dictionary<string, long> { ["active"] = 1 }
                    )
                );
        }
    }
}

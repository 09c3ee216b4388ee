using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Writing;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Writing;

public sealed class WriteQueueTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly Suppressions _suppressions;
    private readonly WriteQueue _queue = new(maxBytes: 100);
    private readonly List<WriteOperation> _taken = [];

    public WriteQueueTests()
    {
        _connection.Open();
        Schema.Migrate(_connection);
        _suppressions = new Suppressions(_connection);
    }

    public void Dispose()
    {
        _suppressions.Dispose();
        _connection.Dispose();
    }

    [Fact]
    public void All_that_waits_is_taken_at_once_in_order()
    {
        var (first, second) = (Append(10), Append(20));
        _queue.TryAdd(first);
        _queue.TryAdd(second);

        _queue.Take(_taken, out var upkeep).Should().BeTrue();

        _taken.Should().Equal(first, second);
        upkeep.Should().BeFalse();
    }

    [Fact]
    public void Bytes_over_the_limit_are_refused_until_the_writer_has_taken_some()
    {
        _queue.TryAdd(Append(60)).Should().BeTrue();
        _queue.TryAdd(Append(60)).Should().BeFalse();
        _queue.Take(_taken, out _);

        _queue.TryAdd(Append(60)).Should().BeTrue();
    }

    [Fact]
    public void A_call_larger_than_the_limit_is_taken_when_nothing_else_waits() =>
        _queue.TryAdd(Append(1000)).Should().BeTrue();

    [Fact]
    public void A_settlement_is_never_refused_for_its_size()
    {
        _queue.TryAdd(Append(100));

        _queue.TryAdd(new SettleOperation([], new Leases(TimeProvider.System, TimeSpan.MaxValue))).Should().BeTrue();
    }

    [Fact]
    public void A_closed_queue_gives_out_what_it_has_and_then_ends()
    {
        _queue.TryAdd(Append(1));
        _queue.Close();

        _queue.TryAdd(Append(1)).Should().BeFalse();
        _queue.Take(_taken, out _).Should().BeTrue();
        _queue.Take(_taken, out _).Should().BeFalse();
    }

    [Fact]
    public void Upkeep_wakes_the_writer_once()
    {
        _queue.AskForUpkeep();
        _queue.AskForUpkeep();

        _queue.Take(_taken, out var upkeep).Should().BeTrue();
        upkeep.Should().BeTrue();
        _queue.Close();
        _queue.Take(_taken, out upkeep).Should().BeFalse();
        upkeep.Should().BeFalse();
    }

    private AppendOperation Append(int bytes) =>
        new(
            [Some.Entry("a", payload: new string('x', bytes))],
            suppressions: _suppressions,
            now: default,
            arrivals: null
        );
}

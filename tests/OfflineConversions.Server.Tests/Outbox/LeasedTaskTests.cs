using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Work under a lease, with a store that the test scripts and a clock that it moves.</summary>
public class LeasedTaskTests
{
    private readonly AdjustableTime _time = new(Some.Now);
    private readonly ScriptedStore _store = new();
    private readonly TaskCompletionSource _done = new();

    [Fact]
    public async Task Work_goes_on_for_as_long_as_its_lease_is_renewed()
    {
        var work = Start();
        await MoveAsync(TimeSpan.FromMinutes(2));
        work.IsCompleted.Should().BeFalse();
        _done.SetResult();

        (await work).Should().BeTrue();
        _store.Returned.Should().Be(1);
    }

    [Fact]
    public async Task Work_stops_before_its_lease_ends_when_the_store_does_not_respond()
    {
        var work = Start();
        await MoveAsync(TimeSpan.FromSeconds(6));
        _store.Fails = true;
        var asked = _store.Asked;
        await MoveAsync(LeasedTask.Duration);

        (await work).Should().BeFalse();
        _store.Asked.Should().BeGreaterThan(asked + 1, "it asks again until the end");
    }

    [Fact]
    public async Task Work_stops_when_the_task_was_taken_and_when_it_was_taken_anew()
    {
        var work = Start();
        _store.Fence++;
        await MoveAsync(LeasedTask.Duration);

        (await work).Should().BeFalse();
    }

    [Fact]
    public async Task An_error_of_the_work_is_the_callers_and_the_task_is_given_up()
    {
        var work = Start();
        _done.SetException(new InvalidOperationException("of the work"));

        await work.Invoking(running => running).Should().ThrowAsync<InvalidOperationException>();
        _store.Returned.Should().Be(1);
    }

    [Fact]
    public async Task Where_there_is_only_one_process_nothing_is_renewed()
    {
        var work = new LeasedTask(new OnlyProcess(), _time).TryAsync("work", (_, _) => _done.Task, default);
        await MoveAsync(TimeSpan.FromHours(1));
        work.IsCompleted.Should().BeFalse();
        _done.SetResult();

        (await work).Should().BeTrue();
    }

    private Task<bool> Start() =>
        new LeasedTask(_store, _time).TryAsync("work", (_, current) => _done.Task.WaitAsync(current), default);

    /// <summary>Moves the clock second by second, so that timers are set in between.</summary>
    private async Task MoveAsync(TimeSpan span)
    {
        for (var moved = TimeSpan.Zero; moved < span; moved += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }
    }

    private sealed class ScriptedStore : IReplicaStore
    {
        public long Fence { get; set; } = 1;

        public bool Fails { get; set; }

        public int Asked { get; private set; }

        public int Returned { get; private set; }

        public ValueTask<TaskLease?> TryTakeTaskAsync(
            string task,
            TimeSpan duration,
            CancellationToken cancellationToken
        )
        {
            Asked++;
            return Fails
                ? throw new OutboxUnavailableException("The database cannot be reached.", new IOException())
                : ValueTask.FromResult<TaskLease?>(new TaskLease(task, Fence, IsShared: true));
        }

        public ValueTask ReturnTaskAsync(TaskLease lease, CancellationToken cancellationToken)
        {
            Returned++;
            return ValueTask.CompletedTask;
        }
    }
}

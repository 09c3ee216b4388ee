using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>What only one replica may do at a time, by a clock that the test moves.</summary>
public sealed class PostgresTasksTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly AdjustableTime _clock = new(Some.Now);
    private readonly List<PostgresOutbox> _replicas = [];
    private string _database = "";

    public async Task InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        for (var count = 0; count < 3; count++)
        {
            _replicas.Add(await Replica.OpenAsync(_database, _clock));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_task_belongs_to_one_replica_until_its_lease_ends()
    {
        var first = await TakeAsync(0);

        (await TakeAsync(1)).Should().BeNull();
        (await TakeAsync(0)).Should().Be(first, "it extends its lease");
        _clock.Advance(Minute);
        var second = await TakeAsync(1);

        second!.Fence.Should().Be(first!.Fence + 1);
        (await TakeAsync(0)).Should().BeNull();
    }

    [Fact]
    public async Task A_task_that_is_given_up_is_free_at_once()
    {
        var first = await TakeAsync(0);
        await _replicas[0].ReturnTaskAsync(first!, default);
        var second = await TakeAsync(1);
        await _replicas[1].DisposeAsync();
        var third = await TakeAsync(2);

        new[] { first, second, third }.Select(lease => lease!.Fence).Should().BeInAscendingOrder();
        await _replicas[0].ReturnTaskAsync(first!, default);
        (await TakeAsync(0)).Should().BeNull("what the first one gives up is not its own any more");
    }

    [Fact]
    public async Task Who_was_overtaken_saves_no_alerts_any_more()
    {
        var first = await TakeAsync(0);
        await SaveAsync(0, first!, "of the first", "a");
        _clock.Advance(Minute);
        var second = await TakeAsync(1);

        (await SaveAsync(0, first!, "late", "b")).Should().BeFalse();
        (await SaveAsync(1, second!, "of the second", "c")).Should().BeTrue();

        var saved = await _replicas[2].AlertsAsync(default);
        saved.State.Should().Be("of the second");
        saved.Waiting.Select(one => one.Id).Should().Equal("a", "c");
    }

    [Fact]
    public async Task Of_three_replicas_that_want_to_do_something_one_does_it()
    {
        var done = 0;
        var release = new TaskCompletionSource();
        var tries = _replicas
            .Select(replica =>
                new LeasedTask(replica, TimeProvider.System).TryAsync(
                    "work",
                    async (_, _) =>
                    {
                        Interlocked.Increment(ref done);
                        await release.Task;
                    },
                    default
                )
            )
            .ToList();

        while (tries.Count > 1)
        {
            var lost = await Task.WhenAny(tries);
            (await lost).Should().BeFalse();
            tries.Remove(lost);
        }

        release.SetResult();
        (await tries[0]).Should().BeTrue();
        done.Should().Be(1);
        (await TakeAsync(0, "work")).Should().NotBeNull("it was given up when it was done");
    }

    [Fact]
    public async Task When_a_replica_dies_another_one_takes_over_and_the_first_one_stops()
    {
        var began = new TaskCompletionSource();
        // Its clock stands still, as that of a process that was stopped: it learns only by asking.
        var frozen = new AdjustableTime(Some.Now);
        var first = new LeasedTask(_replicas[0], frozen).TryAsync(
            "work",
            async (_, current) =>
            {
                began.SetResult();
                await Task.Delay(Timeout.Infinite, current);
            },
            default
        );
        await began.Task;
        (await TakeAsync(1, "work")).Should().BeNull();

        _clock.Advance(LeasedTask.Duration);
        (await TakeAsync(1, "work")).Should().NotBeNull();

        while (!first.IsCompleted)
        {
            frozen.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        (await first).Should().BeFalse();
    }

    [Fact]
    public async Task Every_replica_knows_how_many_there_are_and_forgets_one_that_died()
    {
        await CountAsync(3);
        await _replicas[2].AbandonAsync();
        await CountAsync(2);
    }

    [Fact]
    public async Task What_one_replica_notes_the_others_know()
    {
        await _replicas[0].NoteAsync("token a", "old", default);
        await _replicas[1].NoteAsync("token a", "new", default);
        await _replicas[1].NoteAsync("token b_", "other", default);
        await _replicas[1].NoteAsync("else", "else", default);

        (await _replicas[2].NotesAsync("token ", default))
            .Select(note => (note.Name, note.Text, note.At))
            .Should()
            .Equal(("token a", "new", Some.Now), ("token b_", "other", Some.Now));
    }

    private ValueTask<TaskLease?> TakeAsync(int replica, string task = "alerts") =>
        _replicas[replica].TryTakeTaskAsync(task, LeasedTask.Duration, default);

    private ValueTask<bool> SaveAsync(int replica, TaskLease lease, string state, string id) =>
        _replicas[replica].SaveAlertsAsync(lease, state, [new SavedNotification(id, "webhook", "{}")], default);

    /// <summary>Moves the clock by seconds, at which each replica gives a sign of life now and then.</summary>
    private Task CountAsync(int expected) =>
        Wait.UntilAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(_replicas.Take(2).All(replica => replica.Replicas == expected));
        });
}

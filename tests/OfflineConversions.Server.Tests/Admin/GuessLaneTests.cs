using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Admin;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class GuessLaneTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GuessLane _lane;

    public GuessLaneTests() => _lane = new GuessLane(20, TimeSpan.FromSeconds(6), _time);

    [Fact]
    public async Task Whoever_waits_has_a_turn_in_the_order_of_arrival()
    {
        (await _lane.TurnAsync(default)).Should().BeTrue("the first one does not wait");
        var turns = Enumerable.Range(0, 5).Select(_ => _lane.TurnAsync(default).AsTask()).ToArray();

        for (var i = 0; i < turns.Length; i++)
        {
            turns.Count(turn => turn.IsCompleted).Should().Be(i);
            _time.Advance(GuessLane.Pace);
            (await turns[i]).Should().BeTrue();
        }
    }

    [Fact]
    public async Task A_full_line_refuses_more_and_whoever_leaves_it_makes_room()
    {
        using var leaving = new CancellationTokenSource();
        await _lane.TurnAsync(default);
        var left = _lane.TurnAsync(leaving.Token).AsTask();
        var turns = Enumerable
            .Range(1, GuessLane.MostWaiting - 1)
            .Select(_ => _lane.TurnAsync(default).AsTask())
            .ToArray();
        (await _lane.TurnAsync(default)).Should().BeFalse();

        await leaving.CancelAsync();
        (await left).Should().BeFalse();
        var last = _lane.TurnAsync(default).AsTask();
        for (var i = 0; i < GuessLane.MostWaiting; i++)
        {
            last.IsCompleted.Should().BeFalse();
            _time.Advance(GuessLane.Pace);
        }

        (await Task.WhenAll(turns)).Should().AllBeEquivalentTo(true);
        (await last).Should().BeTrue("the wait has a limit of twenty seconds");
    }

    [Fact]
    public async Task After_a_pause_no_turns_have_been_saved_up()
    {
        await _lane.TurnAsync(default);
        _time.Advance(TimeSpan.FromHours(1));

        _lane.TurnAsync(default).AsTask().IsCompleted.Should().BeTrue();
        _lane.TurnAsync(default).AsTask().IsCompleted.Should().BeFalse();
    }
}

using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class DeliverySignalTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DeliverySignal _signal;

    public DeliverySignalTests() => _signal = new DeliverySignal(_time);

    [Fact]
    public async Task The_wait_ends_when_enough_events_were_signalled_before_or_after_it_began()
    {
        _signal.Appended("stores", 2);
        var wait = _signal.WaitAsync("stores", 3, TimeSpan.FromHours(1), default);
        wait.IsCompleted.Should().BeFalse();

        _signal.Appended("stores", 1);

        await wait;
        _time.GetUtcNow().Should().Be(_time.Start);
    }

    [Fact]
    public async Task Without_a_signal_the_wait_ends_with_the_interval()
    {
        var wait = _signal.WaitAsync("stores", 1, TimeSpan.FromHours(1), default);
        _signal.Appended("another", 5);
        wait.IsCompleted.Should().BeFalse();

        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        wait.IsCompleted.Should().BeFalse();

        _time.Advance(TimeSpan.FromTicks(1));
        await wait;
    }

    [Fact]
    public void A_reset_starts_the_count_again()
    {
        _signal.Appended("stores", 5);
        _signal.Reset("stores");

        _signal.WaitAsync("stores", 5, TimeSpan.FromHours(1), default).IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var wait = _signal.WaitAsync("stores", 5, TimeSpan.FromHours(1), stop.Token);

        await stop.CancelAsync();

        await FluentActions.Awaiting(() => wait).Should().ThrowAsync<OperationCanceledException>();
    }
}

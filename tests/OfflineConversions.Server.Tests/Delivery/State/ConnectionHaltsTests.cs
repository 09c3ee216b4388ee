using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Delivery.State;

public sealed class ConnectionHaltsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private readonly CapturedLog _log = new();
    private readonly InMemoryOutbox _store;
    private readonly ConnectionHalts _halts;

    public ConnectionHaltsTests()
    {
        _store = new InMemoryOutbox(_time);
        _halts = Halts();
    }

    private HaltScope Everything => _halts.Everything;

    [Fact]
    public async Task A_probe_is_granted_to_one_caller_only()
    {
        (await _halts.HaltAsync(Dataset("1"), "unknown_dataset", default)).Should().BeTrue();
        (await _halts.HaltAsync(Dataset("1"), "unknown_dataset", default)).Should().BeFalse("it is halted already");
        _time.Advance(TimeSpan.FromMinutes(1));

        (await AskAsync(Dataset("1"))).Should().Be(ClearanceKind.Probe);
        (await AskAsync(Dataset("1"))).Should().Be(ClearanceKind.Wait);
        (await AskAsync(Dataset("2"))).Should().Be(ClearanceKind.Send);
        (await AskAsync(Everything)).Should().Be(ClearanceKind.Send);
    }

    [Fact]
    public async Task A_probe_that_got_lost_is_followed_by_another()
    {
        await _halts.HaltAsync(Everything, "token_invalid", default);
        _time.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(Everything);

        _time.Advance(TimeSpan.FromSeconds(15));

        (await AskAsync(Everything)).Should().Be(ClearanceKind.Probe);
    }

    [Fact]
    public async Task A_failed_probe_makes_the_next_one_wait_longer()
    {
        await _halts.HaltAsync(Everything, "token_invalid", default);
        _time.Advance(TimeSpan.FromSeconds(30));

        await _halts.ProbeFailedAsync(Everything, default);

        (await _halts.AskAsync(Everything, default)).Should().Be(new Clearance(ClearanceKind.Wait, Noon.AddMinutes(1)));
    }

    [Fact]
    public async Task An_operator_who_insists_ends_a_halt_for_refusals_until_a_batch_goes_well()
    {
        await _halts.HaltAsync(Dataset("7"), "too_many_refused", default);
        await _halts.HaltAsync(Dataset("8"), "permission_denied", default);

        await _halts.ProbeNowAsync(insist: true, default);

        (await AskAsync(Dataset("7"))).Should().Be(ClearanceKind.Send);
        (await AskAsync(Dataset("8"))).Should().Be(ClearanceKind.Probe);
        _halts.IsInsistedOn("7").Should().BeTrue();
        _halts.IsInsistedOn("8").Should().BeFalse();
        _halts.EndInsisting("7");
        _halts.IsInsistedOn("7").Should().BeFalse();
        (await _store.HaltsAsync(default)).Select(halt => halt.Scope).Should().Equal(Dataset("8"));
    }

    [Fact]
    public async Task A_halt_and_its_next_probe_are_restored_after_a_restart()
    {
        await _halts.HaltAsync(Everything, "token_invalid", default);
        await _halts.HaltAsync(Dataset("7"), "permission_denied", default);
        _time.Advance(TimeSpan.FromSeconds(40));
        await AskAsync(Everything);
        await _halts.ProbeFailedAsync(Everything, default);

        var restarted = Halts();
        restarted.Restore(await _store.HaltsAsync(default));

        restarted
            .Find(Everything)
            .Should()
            .Be(new Halt(Everything, "token_invalid", Noon, Noon.AddSeconds(40).AddSeconds(40)));
        restarted.Find(Dataset("7")).Should().Be(_halts.Find(Dataset("7")));
    }

    [Theory]
    [InlineData(100 * 24 * 60, 0)]
    [InlineData(2 * 24 * 60, 0)]
    [InlineData(24 * 60, 24 * 60)]
    [InlineData(-5, -5)]
    public async Task A_restored_probe_is_never_later_than_its_schedule_allows(int minutes, int expected)
    {
        var (since, probe) = (Noon.AddMinutes(minutes - 1), Noon.AddMinutes(minutes));

        _halts.Restore([new Halt(Everything, "token_invalid", since, probe)]);

        _halts.Find(Everything)!.ProbeAt.Should().Be(Noon.AddMinutes(expected));
        (await AskAsync(Everything)).Should().Be(expected > 0 ? ClearanceKind.Wait : ClearanceKind.Probe);
    }

    [Fact]
    public async Task A_halt_that_has_ended_is_not_restored()
    {
        await _halts.HaltAsync(Everything, "token_invalid", default);
        (await _halts.EndAsync(Everything, default)).Should().BeTrue();
        (await _halts.EndAsync(Everything, default)).Should().BeFalse("it is not halted");

        (await _store.HaltsAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_probe_that_another_process_has_claimed_is_not_sent()
    {
        await _halts.HaltAsync(Everything, "token_invalid", default);
        var other = Halts();
        other.Restore(await _store.HaltsAsync(default));
        _time.Advance(TimeSpan.FromMinutes(1));

        (await other.AskAsync(Everything, default)).Kind.Should().Be(ClearanceKind.Probe);

        (await _halts.AskAsync(Everything, default))
            .Should()
            .Be(new Clearance(ClearanceKind.Wait, Noon.AddMinutes(1).AddSeconds(15)));
    }

    [Fact]
    public async Task While_the_store_fails_halts_are_kept_in_memory_and_the_failure_is_logged()
    {
        _store.BrokenHalts = true;

        (await _halts.HaltAsync(Everything, "token_invalid", default)).Should().BeTrue();
        (await AskAsync(Everything)).Should().Be(ClearanceKind.Wait);
        _time.Advance(TimeSpan.FromMinutes(1));
        (await AskAsync(Everything)).Should().Be(ClearanceKind.Probe);
        (await _halts.EndAsync(Everything, default)).Should().BeTrue();

        (await AskAsync(Everything)).Should().Be(ClearanceKind.Send);
        _log.Lines.Should().HaveCount(3).And.OnlyContain(line => line.Level == LogLevel.Warning);
    }

    private ConnectionHalts Halts() =>
        new(
            "stores",
            new HaltStore("stores", _store, _log),
            new ProbeSchedule(new DeliveryOptions()),
            new ChangeSignal(),
            _time
        );

    private HaltScope Dataset(string dataset) => _halts.Dataset(dataset);

    private async Task<ClearanceKind> AskAsync(HaltScope scope) => (await _halts.AskAsync(scope, default)).Kind;
}

using OfflineConversions.Fuzzing.Faults;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// Random troubles with an independent count. The long run is a command; see docs/testing.md.
/// </summary>
public sealed class FaultRunTests
{
    [PosixFact]
    public async Task Whatever_happens_at_random_every_acknowledged_event_arrives_and_the_ledger_is_exact()
    {
        var report = await FaultRun.RunAsync(TimeSpan.FromSeconds(15), seed: 4711);

        report.Problems.Should().BeEmpty();
        report.Comparison.Arrived.Should().BePositive();
        report.Trouble.Counts.Should().NotBeEmpty();
    }
}

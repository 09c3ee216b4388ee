using OfflineConversions.Fuzzing.Faults;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// Random troubles with an independent count. The long run is a command; see docs/testing.md.
/// </summary>
public sealed class FaultRunTests
{
    [PosixFact]
    public Task Whatever_happens_at_random_every_acknowledged_event_arrives_and_the_ledger_is_exact() =>
        RunAsync(programs: null);

    [PosixFact]
    public Task The_same_holds_with_the_outbox_in_PostgreSQL() => RunAsync(PostgresServer.Programs);

    private static async Task RunAsync(string? programs)
    {
        var report = await FaultRun.RunAsync(TimeSpan.FromSeconds(15), seed: 4711, programs);

        report.Problems.Should().BeEmpty();
        report.Comparison.Arrived.Should().BePositive();
        report.Trouble.Counts.Should().NotBeEmpty();
    }
}

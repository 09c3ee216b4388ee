using OfflineConversions.Fuzzing.Replicas;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// Replicas and databases that are killed under load, with an independent count. The long runs are a command; see
/// docs/testing.md.
/// </summary>
public sealed class ReplicaRunTests
{
    [Theory]
    [InlineData(nameof(Victim.Replica))]
    [InlineData(nameof(Victim.Database))]
    [InlineData(nameof(Victim.Primary))]
    public async Task Whatever_is_killed_every_acknowledged_event_arrives_and_the_ledger_is_exact(string victim)
    {
        var plan = new ReplicaPlan(Enum.Parse<Victim>(victim), 2, Seed: 4711);

        var report = await ReplicaRun.RunAsync(plan, PostgresServer.Programs);

        report.Problems.Should().BeEmpty();
        report.Comparison.Arrived.Should().BePositive();
    }
}

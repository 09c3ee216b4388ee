using OfflineConversions.Fuzzing;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// Runs the corpus and a short series of mutations for every target. Long runs are a command; see docs/testing.md.
/// </summary>
public sealed class FuzzingTests
{
    public static TheoryData<string, int> Targets =>
        new()
        {
            { "mparticle", 1000 },
            { "segment", 1000 },
            { "rudderstack", 1000 },
            { "commandersact", 1000 },
            { "bodies", 1000 },
            { "files", 1000 },
            { "graph", 3000 },
            { "rows", 1000 },
            { "outbox", 20 },
        };

    [Theory]
    [MemberData(nameof(Targets))]
    public void Mutated_input_breaks_no_target(string name, int executions)
    {
        using var target = TargetList.Create(name);

        var report = new FuzzRun(target, seed: 4711).Run(executions, threads: 1);

        report.Executions.Should().Be(executions);
        report
            .Findings.Select(finding => $"{finding.Problem}: {Convert.ToBase64String(finding.Input)}")
            .Should()
            .BeEmpty();
    }

    [Fact]
    public void Every_target_is_run() =>
        Targets.Select(row => (string)row[0]).Should().BeEquivalentTo(TargetList.Names);
}

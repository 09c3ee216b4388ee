using OfflineConversions.Fuzzing.Corruption;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// Random damage in every region of an outbox file and its WAL. The long run is a command; see docs/testing.md.
/// </summary>
public sealed class CorruptionTests
{
    private const int DamagedFiles = 200;

    [Fact]
    public void Of_a_damaged_file_every_event_that_was_not_touched_is_delivered_and_nothing_damaged_is_sent()
    {
        using var run = new CorruptionRun(seed: 4711);
        for (var number = 0; number < DamagedFiles; number++)
        {
            run.Damage(number);
        }

        run.Problems.Should().BeEmpty();
        run.Delivered.Should().Be(run.Untouched).And.BeGreaterThan(DamagedFiles * 100);
        run.Refused.Should().BeLessThan(DamagedFiles / 20);
    }
}

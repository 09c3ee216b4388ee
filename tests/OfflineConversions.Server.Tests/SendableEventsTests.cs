using OfflineConversions.Fuzzing.Sendable;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// Meta refuses a whole batch for one bad event, so nothing that the service accepts may break the sandbox's rules. The
/// long run is a command; see docs/testing.md.
/// </summary>
public sealed class SendableEventsTests
{
    private const int Posts = 6000;

    [Fact]
    public void No_event_that_was_accepted_would_be_refused_by_Meta()
    {
        var run = new SendableRun();
        for (var index = 0; index < Posts; index++)
        {
            run.Check(index);
        }

        run.Accepted.Should().BeGreaterThan(Posts / 4, "most posts must be worth the check");
        run.Refused.Should().BeEmpty();
    }
}

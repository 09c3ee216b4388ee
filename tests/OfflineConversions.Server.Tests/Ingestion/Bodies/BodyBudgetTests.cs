using OfflineConversions.Server.Ingestion.Bodies;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

public sealed class BodyBudgetTests
{
    [Fact]
    public void A_share_leaves_the_rest_to_others_and_gives_back_to_the_whole()
    {
        var whole = new BodyBudget(100);
        var (one, other) = (new BodyBudget(75, whole), new BodyBudget(75, whole));

        one.TryTake(75).Should().BeTrue();
        one.TryTake(1).Should().BeFalse("it has its share");
        other.TryTake(25).Should().BeTrue();
        other.TryTake(1).Should().BeFalse("nothing is left of the whole");
        (one.Taken, other.Taken, whole.Taken).Should().Be((75, 25, 100));

        one.Return(75);
        other.TryTake(50).Should().BeTrue();
        (one.Taken, other.Taken, whole.Taken).Should().Be((0, 75, 75));
    }
}

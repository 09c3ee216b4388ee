using OfflineConversions.Server.Ingestion.Bodies;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

public sealed class BodyBudgetTests
{
    [Fact]
    public void A_share_leaves_the_rest_to_others_and_returns_its_bytes_to_the_parent()
    {
        var whole = new BodyBudget(100);
        var (one, other) = (new BodyBudget(75, whole), new BodyBudget(75, whole));

        one.TryTake(75).Should().BeTrue();
        one.TryTake(1).Should().BeFalse("it has used its share");
        other.TryTake(25).Should().BeTrue();
        other.TryTake(1).Should().BeFalse("nothing is left of the parent");
        (one.UsedBytes, other.UsedBytes, whole.UsedBytes).Should().Be((75, 25, 100));

        one.Return(75);
        other.TryTake(50).Should().BeTrue();
        (one.UsedBytes, other.UsedBytes, whole.UsedBytes).Should().Be((0, 75, 75));
    }
}

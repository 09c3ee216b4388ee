using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

public sealed class LeasesTests
{
    private readonly Leases _leases = new(TimeProvider.System, TimeSpan.FromMinutes(1));

    [Fact]
    public void A_chunk_settled_during_a_read_is_not_leased_from_the_older_snapshot()
    {
        _leases.Claim(1);
        _leases.BeginReading();
        _leases.Release(1);

        _leases
            .IsFree(1)
            .Should()
            .BeFalse("the reader's snapshot may still show the chunk that has just been delivered");
        _leases.EndReading();
        _leases.IsFree(1).Should().BeTrue();
    }

    [Fact]
    public void A_lease_ends_once()
    {
        _leases.TryEnd(1, 1).Should().BeFalse();
        var lease = _leases.Claim(1);

        _leases.TryEnd(1, lease.Token).Should().BeTrue();
        _leases.TryEnd(1, lease.Token).Should().BeFalse();
        _leases.IsFree(1).Should().BeFalse("it is held until the settlement is on disk");
    }
}

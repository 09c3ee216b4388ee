using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class LeaseRenewalTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    private DeliveryHarness _harness = null!;

    public async Task InitializeAsync()
    {
        _harness = await DeliveryHarness.CreateAsync(new DeliveryOptions { FlushInterval = TimeSpan.FromMinutes(10) });
        _harness.Outbox.LeaseDuration = Lease;
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task The_leases_of_a_batch_in_flight_are_renewed_every_third_of_their_duration()
    {
        _harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count).Taking(4 * Lease);
        _harness.Store(3);
        await _harness.StartAsync();

        await _harness.UntilEmptyAsync();

        _harness.Graph.Requests.Should().ContainSingle("no other lease of the chunk was granted");
        _harness.Outbox.Renewals.Should().BeInRange(11, 12);
        LeasesLost().Should().Be(0);
    }

    [Fact]
    public async Task On_SQLite_a_batch_that_takes_longer_than_three_leases_keeps_them_and_is_sent_once()
    {
        using var folder = new TemporaryFolder(fast: true);
        await using var harness = await DeliveryHarness.CreateAsync(
            new DeliveryOptions { FlushInterval = TimeSpan.FromSeconds(10) },
            outbox: time => new SqliteOutbox(
                new OutboxOptions { Path = folder.File("outbox.db") },
                time,
                NullLogger<SqliteOutbox>.Instance
            )
        );
        var longRequest = TimeSpan.FromMinutes(16);
        harness.Queue.LeaseDuration.Should().BeLessThan(longRequest / 3);
        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count).Taking(longRequest);
        var entries = Enumerable.Range(0, 20).Select(i => Some.Entry($"{i}", expiresAt: JumpingTime.Start.AddDays(7)));
        await harness.Queue.AppendAsync([.. entries], default);
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Stores.LastSuccess is not null && harness.Stores.InFlight == 0);

        harness.Graph.Requests.Should().ContainSingle().Which.Events.Should().HaveCount(20);
        harness.Log.Should().NotContain(line => line.Text.Contains("ended before it was settled"));
        (await harness.Queue.ShouldBalanceAsync()).Single().Delivered.Should().Be(20);
    }

    [Fact]
    public async Task A_batch_whose_lease_is_lost_sends_nothing_more_and_is_not_settled_twice()
    {
        var isLost = false;
        _harness.Graph.Otherwise = request =>
        {
            if (isLost)
            {
                return Scripted.Taken(request.Events.Count);
            }

            isLost = true;
            _harness.Outbox.LeaseToAnother();
            return Scripted.Error(100, 2804009).Taking(Lease / 2);
        };
        _harness.Store(8);
        await _harness.StartAsync();

        await _harness.UntilAsync(() => LeasesLost() == 1);

        _harness.Graph.Requests.Should().ContainSingle("the bisection of the batch ended");
        _harness.Outbox.Settlements.Should().BeEmpty();

        await _harness.UntilEmptyAsync();
        LeasesLost().Should().Be(1);
        _harness.Graph.Requests.Should().HaveCount(2, "the chunk was leased again when the other lease ended");
        (await _harness.Outbox.ShouldBalanceAsync()).Should().OnlyContain(line => line.Delivered == 8);
    }

    [Fact]
    public async Task A_settlement_that_comes_too_late_is_logged_and_counted_and_not_repeated()
    {
        var isLost = false;
        _harness.Graph.Otherwise = request =>
        {
            if (!isLost)
            {
                isLost = true;
                _harness.Outbox.LeaseToAnother();
            }

            return Scripted.Taken(request.Events.Count);
        };
        _harness.Store(2);
        await _harness.StartAsync();

        await _harness.UntilEmptyAsync();

        LeasesLost().Should().Be(1);
        _harness.Graph.Requests.Should().HaveCount(2, "the events may be sent again");
        _harness.Outbox.Settlements.Should().ContainSingle();
    }

    private int LeasesLost() =>
        _harness.Log.Count(line => line.Text.Contains("ended before it was settled", StringComparison.Ordinal));
}

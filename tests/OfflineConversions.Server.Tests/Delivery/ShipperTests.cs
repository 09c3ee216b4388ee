using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class ShipperTests : IAsyncLifetime
{
    private DeliveryHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await DeliveryHarness.CreateAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task One_bad_event_is_buried_and_its_neighbours_are_delivered()
    {
        _harness.Refuse(617);
        _harness.Store(1000);

        await _harness.RunUntilEmptyAsync();

        _harness.Delivered().Should().Equal(Enumerable.Range(0, 1000).Where(n => n != 617));
        var buried = _harness.Outbox.Failed.Should().ContainSingle().Subject;
        buried.Payload.ToArray().Should().Equal(DeliveryHarness.Event(617).ToArray());
        buried
            .Burial.Should()
            .Be(new Burial(0, "refused_by_meta", 100, 2804009, "Purchase without value", "T2", "custom_data.value"));
        buried.Text().Should().Be("""{"n":617}""");
        _harness.Graph.Requests.Should().HaveCountLessThanOrEqualTo(21);
    }

    [Theory]
    [InlineData(1000, 1, 21)]
    [InlineData(1000, 10, 151)]
    [InlineData(2, 1, 3)]
    [InlineData(1, 1, 1)]
    [InlineData(7, 7, 13)]
    public async Task Bad_events_are_found_within_a_known_number_of_requests(int sent, int bad, int requests)
    {
        var badOnes = Enumerable.Range(0, bad).Select(i => i * sent / bad).ToArray();
        _harness.Refuse(badOnes);
        _harness.Store(sent);

        await _harness.RunUntilEmptyAsync();

        _harness.Outbox.Failed.Should().HaveCount(bad);
        _harness.Delivered().Should().Equal(Enumerable.Range(0, sent).Except(badOnes));
        _harness.Graph.Requests.Should().HaveCountLessThanOrEqualTo(requests);
    }

    [Fact]
    public async Task A_chunk_is_settled_before_the_next_one_is_bisected()
    {
        _harness.Refuse(1);
        _harness.Store(4);
        _harness.Store(4, from: 4);

        await _harness.RunUntilEmptyAsync();

        _harness.Outbox.Settlements.Should().HaveCount(2);
        _harness.Graph.Requests[0].Events.Should().HaveCount(8, "both chunks were sent in one request");
        _harness.Delivered().Should().Equal(0, 2, 3, 4, 5, 6, 7);
    }

    [Fact]
    public async Task A_lower_count_than_sent_is_not_a_success_and_buries_nothing()
    {
        var silentlyRefused = true;
        _harness.Graph.Otherwise = request =>
            Scripted.Taken(request.Events.Count(text => text != """{"n":2}""" || !Volatile.Read(ref silentlyRefused)));
        _harness.Store(8);
        await _harness.StartAsync();
        await _harness.UntilAsync(() => _harness.Outbox.Waiting is [{ Attempts: > 0, Events.Count: 1 }]);

        Volatile.Write(ref silentlyRefused, false);
        await _harness.UntilEmptyAsync();

        _harness.Outbox.Failed.Should().BeEmpty();
        _harness.Graph.Requests[^1].Events.Should().Equal("""{"n":2}""");
    }

    [Fact]
    public async Task A_progress_overlap_counts_as_delivered()
    {
        _harness.Graph.Then(Scripted.Error(100, 2044011));
        _harness.Store(3);

        await _harness.RunUntilEmptyAsync();

        _harness.Graph.Requests.Should().ContainSingle();
        _harness.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task Events_that_are_sent_again_are_the_same_bytes()
    {
        _harness.Graph.Then(Scripted.Error(2), Scripted.Error(2));
        _harness.Store(5);

        await _harness.RunUntilEmptyAsync();

        _harness.Graph.Requests.Should().HaveCount(3);
        _harness.Graph.Requests.Select(request => request.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task An_error_without_a_known_cause_is_bisected_after_many_attempts()
    {
        _harness.Graph.Otherwise = request =>
            request.Events.Contains("""{"n":3}""") ? Scripted.Error(1) : Scripted.Taken(request.Events.Count);
        _harness.Store(8);
        await _harness.StartAsync();

        await _harness.UntilAsync(() => _harness.Outbox.Waiting is [{ Events.Count: 1 }]);

        _harness.Outbox.Waiting[0].Attempts.Should().BeGreaterThanOrEqualTo(10);
        _harness.Delivered().Distinct().Should().Equal(0, 1, 2, 4, 5, 6, 7);
        _harness.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task Events_whose_window_closes_before_the_next_attempt_are_buried_and_the_others_stay()
    {
        var now = JumpingTime.Start;
        _harness.Graph.Then(Scripted.Error(2));
        _harness.Outbox.Add(
            new Destination("stores", MetaApi.ConversionsApi, "1", null),
            [
                new StoredEvent(DeliveryHarness.Event(0), now),
                new StoredEvent(DeliveryHarness.Event(1), now.AddDays(55)),
                new StoredEvent(DeliveryHarness.Event(2), now.AddDays(6)),
            ]
        );
        _harness.Graph.Otherwise = _ => Scripted.Taken(2);

        await _harness.RunUntilEmptyAsync();

        _harness
            .Outbox.Failed.Should()
            .ContainSingle()
            .Which.Burial.Should()
            .Match<Burial>(burial => burial.Index == 0 && burial.Reason == "window_expired");
        _harness
            .Graph.Requests[0]
            .Events.Should()
            .HaveCount(2, "an expired event would cause the others to be refused");
    }

    [Fact]
    public async Task An_outage_that_outlasts_the_window_ends_on_the_failed_list()
    {
        _harness.Graph.Otherwise = _ => Scripted.Error(2);
        _harness.Store(2, expiresAt: JumpingTime.Start.AddSeconds(90));

        await _harness.RunUntilEmptyAsync();

        _harness
            .Outbox.Failed.Select(failed => failed.Burial.Reason)
            .Should()
            .Equal("window_expired", "window_expired");
        _harness.Outbox.Failed[0].Burial.Code.Should().Be(2, "the operator needs Meta's last response");
    }

    [Fact]
    public async Task A_chunk_that_exceeds_the_current_limits_is_sent_in_several_requests()
    {
        await using var harness = await DeliveryHarness.CreateAsync(
            new DeliveryOptions { MaxConcurrency = 1 },
            configure: connection => connection.BatchSize = 4
        );
        harness.Store(10);
        await harness.StartAsync();

        await harness.UntilEmptyAsync();

        harness.Graph.Requests.Select(request => request.Events.Count).Should().Equal(4, 4, 2);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_for_a_gateway_is_halved()
    {
        _harness.Graph.Otherwise = request =>
            request.Events.Count > 2 ? Scripted.Down(413) : Scripted.Taken(request.Events.Count);
        _harness.Store(8);

        await _harness.RunUntilEmptyAsync();

        _harness.Delivered().Should().Equal(Enumerable.Range(0, 8));
    }
}

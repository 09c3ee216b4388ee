using System.Globalization;
using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class ShipperTests : IAsyncLifetime
{
    private DeliveryHouse _house = null!;

    public async Task InitializeAsync() => _house = await DeliveryHouse.BuildAsync();

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task One_bad_event_is_buried_and_its_neighbours_are_delivered()
    {
        _house.Refuse(617);
        _house.Store(1000);

        await RunAsync();

        Delivered().Should().Equal(Enumerable.Range(0, 1000).Where(n => n != 617));
        var buried = _house.Outbox.Failed.Should().ContainSingle().Subject;
        buried.Payload.ToArray().Should().Equal(DeliveryHouse.Event(617).ToArray());
        buried.Burial.Should().Be(new Burial(617, "refused_by_meta", 100, 2804009, "Purchase without value", "T2"));
        _house.Graph.Requests.Should().HaveCountLessThanOrEqualTo(21);
    }

    [Theory]
    [InlineData(1000, 1, 21)]
    [InlineData(1000, 10, 151)]
    [InlineData(2, 1, 3)]
    [InlineData(1, 1, 1)]
    [InlineData(7, 7, 13)]
    public async Task Bad_events_are_found_within_a_known_number_of_requests(int sent, int bad, int requests)
    {
        var culprits = Enumerable.Range(0, bad).Select(i => i * sent / bad).ToArray();
        _house.Refuse(culprits);
        _house.Store(sent);

        await RunAsync();

        _house.Outbox.Failed.Should().HaveCount(bad);
        Delivered().Should().Equal(Enumerable.Range(0, sent).Except(culprits));
        _house.Graph.Requests.Should().HaveCountLessThanOrEqualTo(requests);
    }

    [Fact]
    public async Task An_event_that_Meta_names_is_singled_out_at_once()
    {
        _house.Graph.Then(Named(4)).Otherwise = request =>
            request.Events.Contains("""{"n":4}""")
                ? Scripted.Error(100, 1815356)
                : Scripted.Taken(request.Events.Count);
        _house.Store(9);

        await RunAsync();

        _house.Graph.Requests.Select(request => request.Events.Count).Should().Equal(9, 1, 4, 4);
        _house.Outbox.Failed.Should().ContainSingle().Which.Burial.Index.Should().Be(4);
    }

    [Fact]
    public async Task An_event_that_Meta_names_wrongly_is_not_buried()
    {
        _house.Graph.Otherwise = request =>
            request.Events.Contains("""{"n":5}""") ? Named(0) : Scripted.Taken(request.Events.Count);
        _house.Store(9);

        await RunAsync();

        _house.Outbox.Failed.Should().ContainSingle().Which.Burial.Index.Should().Be(5);
        Delivered().Should().Equal(0, 1, 2, 3, 4, 6, 7, 8);
    }

    [Fact]
    public async Task What_is_found_in_one_chunk_is_settled_before_the_next_is_searched()
    {
        _house.Refuse(1);
        _house.Store(4);
        _house.Store(4, from: 4);

        await RunAsync();

        _house.Outbox.Settlements.Should().HaveCount(2);
        _house.Graph.Requests[0].Events.Should().HaveCount(8, "both chunks left in one request");
        Delivered().Should().Equal(0, 2, 3, 4, 5, 6, 7);
    }

    [Fact]
    public async Task A_lower_count_than_sent_is_no_success_and_buries_nobody()
    {
        var silentlyRefused = true;
        _house.Graph.Otherwise = request =>
            Scripted.Taken(request.Events.Count(text => text != """{"n":2}""" || !Volatile.Read(ref silentlyRefused)));
        _house.Store(8);
        await _house.OpenAsync();
        await _house.UntilAsync(() => _house.Outbox.Waiting is [{ Attempts: > 0, Events.Count: 1 }]);

        Volatile.Write(ref silentlyRefused, false);
        await _house.UntilEmptyAsync();

        _house.Outbox.Failed.Should().BeEmpty();
        _house.Graph.Requests[^1].Events.Should().Equal("""{"n":2}""");
    }

    [Fact]
    public async Task A_progress_overlap_counts_as_delivered()
    {
        _house.Graph.Then(Scripted.Error(100, 2044011));
        _house.Store(3);

        await RunAsync();

        _house.Graph.Requests.Should().ContainSingle();
        _house.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_sent_again_is_the_same_bytes()
    {
        _house.Graph.Then(Scripted.Error(2), Scripted.Error(2));
        _house.Store(5);

        await RunAsync();

        _house.Graph.Requests.Should().HaveCount(3);
        _house.Graph.Requests.Select(request => request.Body).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Trouble_without_a_known_cause_is_narrowed_down_after_many_tries()
    {
        _house.Graph.Otherwise = request =>
            request.Events.Contains("""{"n":3}""") ? Scripted.Error(1) : Scripted.Taken(request.Events.Count);
        _house.Store(8);
        await _house.OpenAsync();

        await _house.UntilAsync(() => _house.Outbox.Waiting is [{ Events.Count: 1 }]);

        _house.Outbox.Waiting[0].Attempts.Should().BeGreaterThanOrEqualTo(10);
        Delivered().Distinct().Should().Equal(0, 1, 2, 4, 5, 6, 7);
        _house.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task Events_whose_window_closes_before_the_next_attempt_are_buried_and_the_others_stay()
    {
        var now = SimulatedTime.Start;
        _house.Graph.Then(Scripted.Error(2));
        _house.Outbox.Add(
            new Destination("stores", MetaApi.ConversionsApi, "1", null),
            [
                Sale(now.AddDays(-7), "website"),
                Sale(now.AddDays(-7), "physical_store"),
                Sale(now.AddDays(-1), "website"),
            ],
            expiresAt: now
        );
        _house.Graph.Otherwise = _ => Scripted.Taken(2);

        await RunAsync();

        _house
            .Outbox.Failed.Should()
            .ContainSingle()
            .Which.Burial.Should()
            .Match<Burial>(burial => burial.Index == 0 && burial.Reason == "window_expired");
        _house.Graph.Requests[0].Events.Should().HaveCount(2, "an expired event would have the others refused");
    }

    [Fact]
    public async Task An_outage_that_outlasts_the_window_ends_on_the_failed_list()
    {
        _house.Graph.Otherwise = _ => Scripted.Error(2);
        _house.Store(2, expiresAt: SimulatedTime.Start.AddSeconds(90));

        await RunAsync();

        _house.Outbox.Failed.Select(failed => failed.Burial.Reason).Should().Equal("window_expired", "window_expired");
        _house.Outbox.Failed[0].Burial.Code.Should().Be(2, "the operator wants to know what Meta said last");
    }

    [Fact]
    public async Task A_chunk_larger_than_todays_limits_leaves_in_several_requests()
    {
        await using var house = await DeliveryHouse.BuildAsync(configure: connection => connection.BatchSize = 4);
        house.Store(10);
        await house.OpenAsync();

        await house.UntilEmptyAsync();

        house.Graph.Requests.Select(request => request.Events.Count).Should().Equal(4, 4, 2);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_for_a_gateway_is_halved()
    {
        _house.Graph.Otherwise = request =>
            request.Events.Count > 2 ? Scripted.Down(413) : Scripted.Taken(request.Events.Count);
        _house.Store(8);

        await RunAsync();

        Delivered().Should().Equal(Enumerable.Range(0, 8));
    }

    private async Task RunAsync()
    {
        await _house.OpenAsync();
        await _house.UntilEmptyAsync();
    }

    /// <summary>The numbers of the events that Meta took, in the order of the numbers.</summary>
    private IEnumerable<int> Delivered() =>
        _house
            .Outbox.Settlements.SelectMany(it =>
                it.Chunk.Events.Where((_, i) => !it.Keep.Contains(i) && it.Buried.All(burial => burial.Index != i))
            )
            .Select(payload =>
                int.Parse(Encoding.UTF8.GetString(payload.Payload.Span)[5..^1], CultureInfo.InvariantCulture)
            )
            .Order();

    private static Scripted Named(int index) =>
        new(
            400,
            """{"error":{"code":100,"error_subcode":1815356,"error_data":{"event_index":"""
                + index.ToString(CultureInfo.InvariantCulture)
                + "}}}"
        );

    private static ReadOnlyMemory<byte> Sale(DateTimeOffset at, string actionSource) =>
        Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"event_time":{{at.ToUnixTimeSeconds()}},"action_source":"{{actionSource}}"}"""
            )
        );
}

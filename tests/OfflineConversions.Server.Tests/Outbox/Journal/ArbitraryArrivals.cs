using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox.Journal;

/// <summary>Arbitrary arrivals, and what is to be read of them.</summary>
internal sealed class ArbitraryArrivals(Random random)
{
    private readonly List<Expected> _expected = [];
    private readonly Dictionary<string, ChunkNumber> _chunks = [];
    private readonly Dictionary<string, int> _next = [];
    private long _last;

    public IEnumerable<string> Texts => _expected.Select(one => one.Text).OfType<string>();

    public void NoteTo(JournalBlock block, int events)
    {
        for (var index = 0; index < events; index++)
        {
            var at = Some.Now.AddMilliseconds(random.Next(3));
            var result = Arbitrary();
            ChunkPlace[] places = [.. result.Deliveries.Select(delivery => Place(delivery.DatasetId))];
            var arrivals = new Arrivals($"c{random.Next(2)}", "segment", [result]);
            var outcome = ArrivalOutcome.Of(result, 0, [.. places.Select(place => place.Chunk is not null)], []);
            block.Add(at, arrivals, 0, outcome, places);
            _expected.Add(
                new Expected(
                    at,
                    arrivals.Connection,
                    result,
                    outcome,
                    outcome.Outcome == Outcome.Accepted && result.Warnings.Count == 0 ? null : result.EventId,
                    [.. places.Where(place => place.Chunk is not null)]
                )
            );
        }
    }

    public void ShouldBeIn(JournalBlock block)
    {
        block.Events.Should().Be(_expected.Count);
        for (var place = 0; place < _expected.Count; place++)
        {
            var (at, connection, result, outcome, _, places) = _expected[place];
            var kind = block.Kinds[block.KindOf[place]];
            block.TimeOf(place).Should().Be(at);
            block.EventIds[place].Should().Be(ShortDigests.Of(result.EventId));
            (block.OrderIds.IsEmpty ? 0 : block.OrderIds[place]).Should().Be(ShortDigests.Of(result.OrderId));
            (kind.Connection, kind.EventName).Should().Be((connection, result.EventName));
            (kind.Outcome, kind.Reason).Should().Be((outcome.Outcome, outcome.Reason));
            kind.Warnings.Should().Equal(result.Warnings);
            block
                .PlacesOf(place)
                .Select(one => (one.Chunk!.Value, one.Place))
                .Should()
                .Equal(places.Select(one => (one.Chunk!.Value, one.Place)));
        }
    }

    private EventResult Arbitrary()
    {
        var id = $"id {random.Next()}";
        string[] warnings = [.. Enumerable.Range(0, random.Next(3)).Select(_ => $"w{random.Next(9)}")];
        var order = random.Next(3) == 0 ? $"order {random.Next()}" : null;
        var name = random.Next(4) == 0 ? null : $"name {random.Next(40)}";
        return random.Next(3) == 0
            ? new EventResult(Outcome.Ignored, $"r{random.Next(20)}", warnings, [], id)
            {
                EventName = name,
                OrderId = order,
            }
            : new EventResult(
                Outcome.Accepted,
                null,
                warnings,
                [
                    .. Enumerable
                        .Range(0, random.Next(1, 4))
                        .Select(one => Some.Entry(id, dataset: $"{one}{random.Next(3)}").Delivery),
                ],
                id
            )
            {
                EventName = name,
                OrderId = order,
            };
    }

    private ChunkPlace Place(string dataset)
    {
        if (random.Next(6) == 0)
        {
            return default; // a duplicate
        }

        if (!_chunks.TryGetValue(dataset, out var chunk) || random.Next(20) == 0)
        {
            _chunks[dataset] = chunk = new ChunkNumber { Value = _last += random.Next(1, 1000) };
            _next[dataset] = 0;
        }

        return new ChunkPlace(chunk, _next[dataset]++);
    }

    private sealed record Expected(
        DateTimeOffset At,
        string Connection,
        EventResult Result,
        ArrivalOutcome Outcome,
        string? Text,
        ChunkPlace[] Places
    );
}

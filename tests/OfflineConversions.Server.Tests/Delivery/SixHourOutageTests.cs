using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;
using Xunit.Abstractions;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>
/// Six hours without Meta at 500 events a second, on the outbox in SQLite and in simulated time. In the scale 1:20
/// (540,000 events); for all 10,800,000:
/// <c>OUTAGE_SCALE=1 dotnet test tests/OfflineConversions.Server.Tests -c Release --filter SixHourOutageTests --logger
/// "console;verbosity=detailed"</c>.
/// </summary>
public sealed class SixHourOutageTests(ITestOutputHelper output) : IDisposable
{
    private static readonly int PerSecond =
        500 / int.Parse(Environment.GetEnvironmentVariable("OUTAGE_SCALE") ?? "20", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Outage = TimeSpan.FromHours(6);

    /// <summary>What Meta says most of its answers take ("Server-side API support").</summary>
    private static readonly TimeSpan AnswerTakes = TimeSpan.FromMilliseconds(600);

    private readonly TemporaryFolder _folder = new(fast: true);

    [Fact]
    public async Task After_six_hours_without_Meta_everything_arrives_nobody_is_run_over_and_fresh_events_do_not_wait()
    {
        await using var house = await DeliveryHouse.BuildAsync(outbox: time => new SqliteOutbox(
            new OutboxOptions { Path = _folder.File("outbox.db") },
            new HourOf(time),
            NullLogger<SqliteOutbox>.Instance
        ));
        house.Graph.Otherwise = _ => Scripted.Down();
        await house.OpenAsync();
        var shop = new Shop(house);
        await shop.SellAsync(Outage, every: 60 * Second);
        var (backlog, recovery) = (shop.Sold, house.Time.GetUtcNow());
        var arrivals = new Arrivals(house, backlog, recovery);
        house.Graph.Otherwise = arrivals.Take;

        while (arrivals.OfBacklog < backlog)
        {
            await shop.SellAsync(Second, every: Second);
        }

        await house.UntilAsync(() => arrivals.All == shop.Sold && house.Stores.InFlight == 0);

        arrivals
            .InFlight.Take(4)
            .Select((count, requests) => count - requests)
            .Should()
            .OnlyContain(ahead => ahead <= 1, "one request leaves first, and one more with each success");
        arrivals.Twice.Should().Be(0);
        (arrivals.First!.Value - recovery).Should().BeLessThan(62 * Second, "an open circuit is tried once a minute");
        arrivals.LongestWait.Should().BeLessThan(30 * Second, "fresh events do not queue behind the night's");
        (await house.Queue.ShouldBalanceAsync())
            .Should()
            .Equal(new LedgerLine("stores", shop.Sold, shop.Sold, 0, 0, 0, 0));
        output.WriteLine(
            $"{shop.Sold} events, {backlog} of them from the outage, drained in {house.Time.GetUtcNow() - arrivals.First}; a fresh event waited at most {arrivals.LongestWait}; {arrivals.InFlight.Count} requests after recovery"
        );
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Sells at a steady rate.</summary>
    private sealed class Shop(DeliveryHouse house)
    {
        public int Sold { get; private set; }

        public async Task SellAsync(TimeSpan time, TimeSpan every)
        {
            var end = house.Time.GetUtcNow() + time;
            while (house.Time.GetUtcNow() < end)
            {
                var next = Task.Delay(every, house.Time);
                await house.UntilAsync(() => next.IsCompleted);
                await StoreAsync((int)(PerSecond * every.TotalSeconds));
            }
        }

        private async Task StoreAsync(int events)
        {
            var expires = house.Time.GetUtcNow().AddDays(7);
            var entries = Enumerable
                .Range(Sold, events)
                .Select(n => new OutboxEntry(
                    "stores",
                    MetaApi.ConversionsApi,
                    1000,
                    TimeSpan.FromHours(48),
                    new(
                        "1",
                        null,
                        "Purchase",
                        n.ToString(CultureInfo.InvariantCulture),
                        expires,
                        DeliveryHouse.Event(n)
                    )
                ))
                .ToArray();
            (await house.Queue.AppendAsync(entries, default)).Status.Should().Be(AppendStatus.Stored);
            Sold += events;
        }
    }

    /// <summary>An independent record of what came to Meta after the outage.</summary>
    private sealed class Arrivals(DeliveryHouse house, int backlog, DateTimeOffset recovery)
    {
        private readonly BitArray _seen = new(backlog * 2);
        private readonly Lock _gate = new();

        public ConcurrentQueue<int> InFlight { get; } = [];

        public int OfBacklog { get; private set; }

        public int All { get; private set; }

        public int Twice { get; private set; }

        /// <summary>When the first request came: the circuit breaker asks once a minute whether Meta is back.</summary>
        public DateTimeOffset? First { get; private set; }

        /// <summary>The longest that an event sold after the outage has waited since then.</summary>
        public TimeSpan LongestWait { get; private set; }

        public Scripted Take(Received request)
        {
            InFlight.Enqueue(house.Stores.InFlight);
            lock (_gate)
            {
                foreach (
                    var n in request.Events.Select(text =>
                        int.Parse(text.AsSpan()[5..^1], CultureInfo.InvariantCulture)
                    )
                )
                {
                    Note(n, request.At);
                }
            }

            return Scripted.Taken(request.Events.Count).Taking(AnswerTakes);
        }

        private void Note(int n, DateTimeOffset at)
        {
            Twice += _seen[n] ? 1 : 0;
            All += _seen[n] ? 0 : 1;
            OfBacklog += _seen[n] || n >= backlog ? 0 : 1;
            _seen[n] = true;
            First ??= at;
            var sold = n < backlog ? at : recovery + ((((n - backlog) / PerSecond) + 1) * Second);
            var waited = at - (sold > First ? sold : First.Value);
            LongestWait = waited > LongestWait ? waited : LongestWait;
        }
    }

    /// <summary>
    /// The simulated hour, and real timers: the outbox looks after its file every second, and there are many in six
    /// hours.
    /// </summary>
    private sealed class HourOf(TimeProvider simulated) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => simulated.GetUtcNow();
    }
}

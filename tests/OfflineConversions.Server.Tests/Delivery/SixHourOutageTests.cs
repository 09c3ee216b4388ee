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

    /// <summary>How long most of Meta's responses take at most. Source: Meta, "Server-side API support".</summary>
    private static readonly TimeSpan ResponseTime = TimeSpan.FromMilliseconds(600);

    private readonly TemporaryFolder _folder = new(fast: true);

    [Fact]
    public async Task After_six_hours_without_Meta_everything_arrives_without_overload_and_fresh_events_do_not_wait()
    {
        await using var harness = await DeliveryHarness.CreateAsync(outbox: time => new SqliteOutbox(
            new OutboxOptions { Path = _folder.File("outbox.db") },
            new HourOf(time),
            NullLogger<SqliteOutbox>.Instance
        ));
        harness.Graph.Otherwise = _ => Scripted.Down();
        await harness.StartAsync();
        var shop = new Shop(harness);
        await shop.SellAsync(Outage, every: 60 * Second);
        var (backlog, recovery) = (shop.Sold, harness.Time.GetUtcNow());
        var arrivals = new Arrivals(harness, backlog, recovery);
        harness.Graph.Otherwise = arrivals.Take;

        while (arrivals.OfBacklog < backlog)
        {
            await shop.SellAsync(Second, every: Second);
        }

        await harness.UntilAsync(() => arrivals.All == shop.Sold && harness.Stores.InFlight == 0);

        arrivals
            .InFlight.Take(4)
            .Select((count, requests) => count - requests)
            .Should()
            .OnlyContain(ahead => ahead <= 1, "one request is sent first, and one more with each success");
        arrivals.Twice.Should().Be(0);
        (arrivals.First!.Value - recovery).Should().BeLessThan(62 * Second, "an open circuit is tried once a minute");
        arrivals.LongestWait.Should().BeLessThan(30 * Second, "fresh events do not wait behind the backlog");
        (await harness.Queue.ShouldBalanceAsync())
            .Should()
            .Equal(new LedgerLine("stores", shop.Sold, shop.Sold, 0, 0, 0, 0));
        output.WriteLine(
            $"{shop.Sold} events, {backlog} of them from the outage, drained in "
                + $"{harness.Time.GetUtcNow() - arrivals.First}; a fresh event waited at most {arrivals.LongestWait}; "
                + $"{arrivals.InFlight.Count} requests after recovery"
        );
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Stores events at a steady rate.</summary>
    private sealed class Shop(DeliveryHarness harness)
    {
        public int Sold { get; private set; }

        public async Task SellAsync(TimeSpan time, TimeSpan every)
        {
            var end = harness.Time.GetUtcNow() + time;
            while (harness.Time.GetUtcNow() < end)
            {
                var next = Task.Delay(every, harness.Time);
                await harness.UntilAsync(() => next.IsCompleted);
                await StoreAsync((int)(PerSecond * every.TotalSeconds));
            }
        }

        private async Task StoreAsync(int events)
        {
            var expires = harness.Time.GetUtcNow().AddDays(7);
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
                        DeliveryHarness.Event(n)
                    )
                ))
                .ToArray();
            (await harness.Queue.AppendAsync(entries, default)).Status.Should().Be(AppendStatus.Stored);
            Sold += events;
        }
    }

    /// <summary>An independent record of what arrived at Meta after the outage.</summary>
    private sealed class Arrivals(DeliveryHarness harness, int backlog, DateTimeOffset recovery)
    {
        private readonly BitArray _seen = new(backlog * 2);
        private readonly Lock _gate = new();

        public ConcurrentQueue<int> InFlight { get; } = [];

        public int OfBacklog { get; private set; }

        public int All { get; private set; }

        public int Twice { get; private set; }

        /// <summary>When the first request arrived. The circuit breaker lets one through per minute.</summary>
        public DateTimeOffset? First { get; private set; }

        /// <summary>The longest time that an event sold after the outage has waited since then.</summary>
        public TimeSpan LongestWait { get; private set; }

        public Scripted Take(Received request)
        {
            InFlight.Enqueue(harness.Stores.InFlight);
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

            return Scripted.Taken(request.Events.Count).Taking(ResponseTime);
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
    /// The simulated time with real timers, because the outbox maintains its file every second for six hours.
    /// </summary>
    private sealed class HourOf(TimeProvider simulated) : TimeProvider
    {
        public override long TimestampFrequency => simulated.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => simulated.GetUtcNow();

        public override long GetTimestamp() => simulated.GetTimestamp();
    }
}

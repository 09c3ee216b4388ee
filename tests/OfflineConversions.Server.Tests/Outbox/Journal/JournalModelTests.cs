using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Journal;

/// <summary>
/// Random calls on two outboxes: one that stores, and one that keeps an object for each event. Whatever happens to an
/// event, both journals say the same about it.
/// </summary>
public sealed class JournalModelTests
{
    private const int Steps = 120;
    private static readonly string[] People = ["jane", "john", "zoe"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_file_says_of_each_event_what_the_model_says(int seed)
    {
        using var folder = new TemporaryFolder(fast: true);
        await CompareAsync(new Random(seed), clock => Task.FromResult<IOutboxStore>(Open(folder, clock)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task PostgreSQL_says_of_each_event_what_the_model_says(int seed)
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await CompareAsync(new Random(seed), async clock => await Replica.OpenAsync(database, clock));
    }

    private static async Task CompareAsync(Random random, Func<AdjustableTime, Task<IOutboxStore>> open)
    {
        var clock = new AdjustableTime(Some.Now);
        await using var model = new InMemoryOutbox(clock);
        var file = await open(clock);
        var ids = new List<string>();
        for (var step = 0; step < Steps; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(random.Next(1, 30)));
            switch (random.Next(10))
            {
                case < 4:
                    var arrivals = Arrivals(random, ids);
                    await AppendAsync(file, arrivals);
                    await AppendAsync(model, arrivals);
                    break;
                case < 7:
                    var salt = random.Next();
                    await SettleAsync(file, salt, clock);
                    await SettleAsync(model, salt, clock);
                    break;
                case 7:
                    var resolution = (Resolution)random.Next(3);
                    await ResolveAsync(file, resolution);
                    await ResolveAsync(model, resolution);
                    break;
                case 8 when random.Next(6) == 0:
                    PersonTrace[] person = [PersonTrace.Of(MatchKey.Email, "zoe"u8)];
                    await file.EraseAsync(person, Some.Now.AddDays(30), default);
                    await model.EraseAsync(person, Some.Now.AddDays(30), default);
                    break;
                default:
                    await file.DisposeAsync();
                    file = await open(clock);
                    break;
            }

            if (step % 20 == 0)
            {
                await CompareAsync(file, model, ids);
            }
        }

        await CompareAsync(file, model, ids);
        await file.DisposeAsync();
    }

    private static async Task CompareAsync(IOutboxStore file, InMemoryOutbox model, List<string> ids)
    {
        foreach (var id in ids.Distinct())
        {
            (await AnswerAsync(file, id)).Should().Be(await AnswerAsync(model, id), id);
        }

        (await CountsAsync(file)).Should().Equal(await CountsAsync(model));
    }

    private static async Task<string> AnswerAsync(IJournal journal, string id)
    {
        var found = await journal.FindAsync(new JournalSearch(IsOrder: false, ShortDigests.Of(id)), default);
        return string.Join('\n', found.Arrivals.Select(Text));
    }

    private static string Text(JournalArrival arrival) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{arrival.EventId} {arrival.ReceivedAt:O} {arrival.Event.Outcome} {arrival.Event.Reason} "
        )
        + string.Join(' ', arrival.Event.Warnings)
        + string.Concat(
            arrival.Deliveries.Select(one =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"; {one.DatasetId} {one.State} {one.Attempts} {one.Reason} {one.Answer?.Code}"
                )
            )
        );

    private static async Task<string[]> CountsAsync(IJournal journal) =>
        [
            .. (await journal.RollUpsAsync(new RollUpQuery(Some.Now, Some.Now.AddDays(30)), default))
                .Select(count => $"{count.Hour:O} {count.Kind} {count.Name} {count.Count}")
                .Order(StringComparer.Ordinal),
        ];

    private static Arrivals Arrivals(Random random, List<string> ids)
    {
        var events = new List<EventResult>();
        for (var left = random.Next(1, 60); left > 0; left--)
        {
            var isRepeat = ids.Count > 0 && random.Next(8) == 0;
            var id = isRepeat ? ids[random.Next(ids.Count)] : $"id {ids.Count}";
            ids.Add(id);
            string[] warnings = random.Next(4) == 0 ? ["clock_skew"] : [];
            events.Add(
                random.Next(5) == 0
                    ? new EventResult(Outcome.Ignored, "no_consent", warnings, [], id)
                    : new EventResult(
                        Outcome.Accepted,
                        null,
                        warnings,
                        [.. Enumerable.Range(0, random.Next(1, 3)).Select(at => Delivery(id, $"{at}", random))],
                        id
                    )
            );
        }

        return new Arrivals("stores", "file", events);
    }

    private static EventDelivery Delivery(string id, string dataset, Random random) =>
        Some.Entry(
            id,
            dataset: dataset,
            payload: $$$"""{"n":"{{{id}}} {{{dataset}}}","user_data":{"em":["{{{random.GetItems(People, 1)[0]}}}"]}}"""
        ).Delivery;

    private static async Task AppendAsync(IOutbox outbox, Arrivals arrivals) =>
        await outbox.AppendAsync(
            [
                .. arrivals
                    .Events.SelectMany(one => one.Deliveries)
                    .Select(delivery => Some.Entry("") with { Delivery = delivery }),
            ],
            arrivals,
            default
        );

    /// <summary>Leases everything, and decides about each event by its bytes, so that chunks do not matter.</summary>
    private static async Task SettleAsync(IOutbox outbox, int salt, AdjustableTime clock)
    {
        var leased = new List<Chunk>();
        while (
            await outbox.LeaseAsync(new LeaseRequest("stores", 1_000_000, 1_000_000_000), default)
                is { Count: > 0 } chunks
        )
        {
            leased.AddRange(chunks);
        }

        await outbox.SettleAsync([.. leased.Select(chunk => Settlement(chunk, salt, clock))], default);
    }

    private static ChunkSettlement Settlement(Chunk chunk, int salt, AdjustableTime clock)
    {
        var (keep, buried) = (new List<int>(), new List<Burial>());
        for (var index = 0; index < chunk.Events.Count; index++)
        {
            var fate = ShortDigests.Of($"{salt} {Convert.ToHexString(chunk.Events[index].Payload.Span)}") % 8;
            if (fate < 2)
            {
                keep.Add(index);
            }
            else if (fate == 2)
            {
                buried.Add(new Burial(index, "refused_by_meta", 100));
            }
        }

        return new ChunkSettlement(chunk, keep, clock.GetUtcNow(), buried);
    }

    private static async Task ResolveAsync(IFailedList outbox, Resolution resolution)
    {
        var failed = await outbox.FailedAsync(new FailedQuery(Limit: 1000), default);
        long[] some = [.. failed.Where(one => ShortDigests.Of(one.Text()) % 3 == 0).Select(one => one.Id).Order()];
        if (some.Length > 0)
        {
            await outbox.ResolveFailedAsync(new FailedSelection { Ids = some }, resolution, default);
        }
    }

    private static SqliteOutbox Open(TemporaryFolder folder, AdjustableTime clock) =>
        new(new OutboxOptions { Path = folder.File("outbox.db") }, clock, NullLogger<SqliteOutbox>.Instance);
}

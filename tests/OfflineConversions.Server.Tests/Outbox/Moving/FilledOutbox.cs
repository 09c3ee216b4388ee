using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox.Moving;

/// <summary>An outbox in which something of everything has happened.</summary>
internal static class FilledOutbox
{
    private const int Waiting = 40;

    /// <summary>The ids of its events.</summary>
    public static readonly string[] Ids =
    [
        "delivered",
        "failed",
        "kept",
        "replayed",
        "discarded",
        "rejected",
        "jane",
        "web-1",
        "web-2",
        "row-1",
        .. WaitingIds,
    ];

    private static IEnumerable<string> WaitingIds => Enumerable.Range(0, Waiting).Select(number => $"waiting-{number}");

    /// <summary>Fills an empty outbox.</summary>
    public static async Task FillAsync(IOutboxStore outbox, AdjustableTime clock)
    {
        await AppendAsync(outbox, "stores", "delivered", "failed", "kept", "replayed", "discarded");
        clock.Advance(TimeSpan.FromSeconds(2));
        await SettleAsync(outbox, clock);
        clock.Advance(TimeSpan.FromMinutes(90));
        await AppendAsync(outbox, "web", "web-1", "web-2");
        await AppendAsync(outbox, "stores", "jane");
        await outbox.EraseAsync([PersonTrace.Of(MatchKey.Email, "jane"u8)], clock.GetUtcNow().AddDays(30), default);
        await NoteRejectedAsync(outbox);
        foreach (var id in WaitingIds)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await AppendAsync(outbox, "stores", id);
        }

        await outbox.SetPausedAsync("web", true, default);
        await outbox.HaltAsync(new HaltScope("stores", "1001"), "permission_denied", TimeSpan.FromMinutes(5), default);
        await outbox.HaltAsync(new HaltScope("web"), "token_invalid", TimeSpan.FromMinutes(5), default);
        await ImportAsync(outbox);
        var turn = await outbox.TryTakeTaskAsync("alerts", TimeSpan.FromMinutes(1), default);
        SavedNotification[] waiting = [new("n-1", "w-1", "{\"a\":1}"), new("n-2", "w-1", "{\"a\":2}")];
        await outbox.SaveAlertsAsync(turn!, "{\"notified\":[]}", waiting, default);
    }

    /// <summary>Appends sales as posts do.</summary>
    /// <returns>Whether each was stored: a repeat is not.</returns>
    public static async Task<IReadOnlyList<bool>> AppendAsync(
        IOutboxStore outbox,
        string connection,
        params string[] ids
    )
    {
        OutboxEntry[] entries = [.. ids.Select(id => Sale(connection, id))];
        EventResult[] events =
        [
            .. entries.Select(entry => new EventResult(
                Outcome.Accepted,
                null,
                [],
                [entry.Delivery],
                entry.Delivery.EventId
            )
            {
                EventName = "Order",
                OrderId = $"order of {entry.Delivery.EventId}",
            }),
        ];
        var arrivals = new Arrivals(connection, "segment", events)
        {
            Counts = stored => [new RollUpCount("key", "em", stored.Count(one => one))],
        };
        return (await outbox.AppendAsync(entries, arrivals, default)).Stored;
    }

    private static OutboxEntry Sale(string connection, string id) =>
        Some.Entry(
            id,
            connection,
            payload: $$$"""{"event_name":"Purchase","event_id":"{{{id}}}","user_data":{"em":["{{{id}}}"]}}"""
        );

    private static async Task SettleAsync(IOutboxStore outbox, AdjustableTime clock)
    {
        var chunk = (await outbox.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default)).Single();
        await outbox.SettleAsync(
            [
                new ChunkSettlement(
                    chunk,
                    [2],
                    clock.GetUtcNow().AddMinutes(10),
                    [.. new[] { 1, 3, 4 }.Select(index => new Burial(index, "refused_by_meta", 100, 7, "Odd", "T1"))]
                )
                {
                    LastAnswer = new MetaAnswer(2, Title: "Try again"),
                },
            ],
            default
        );
        var failed = await outbox.FailedAsync(new FailedQuery(), default);
        await outbox.ResolveFailedAsync(Only(failed, "replayed"), Resolution.Replay, default);
        await outbox.ResolveFailedAsync(Only(failed, "discarded"), Resolution.Discard, default);
    }

    private static FailedSelection Only(IEnumerable<FailedEvent> failed, string id) =>
        new() { Ids = [failed.Single(one => one.Text().Contains($"\"{id}\"", StringComparison.Ordinal)).Id] };

    private static ValueTask<AppendResult> NoteRejectedAsync(IOutboxStore outbox) =>
        outbox.AppendAsync(
            [],
            new Arrivals(
                "stores",
                "segment",
                [new EventResult(Outcome.Rejected, "too_old", [], [], "rejected") { EventName = "Order" }]
            ),
            default
        );

    private static async Task ImportAsync(IOutboxStore outbox)
    {
        var import = new NewImport("november", "stores", IsDryRun: false, "10.0.0.7");
        var run = (await outbox.BeginImportAsync(import, Some.Now.AddDays(-7), default)).Run;
        await outbox.AppendImportAsync(
            run,
            [Sale("stores", "row-1")],
            null,
            _ => new ImportStep(
                new ImportProgress
                {
                    Rows = 2,
                    Position = 170,
                    Digest = UInt128.MaxValue - 5,
                    Accepted = 1,
                    Rejected = 1,
                    Reasons = new Dictionary<string, long> { ["too_old"] = 1 },
                    RowsPerSecond = 1.5,
                },
                [new RejectedRow(3, "event_time", "too_old")]
            ),
            default
        );
        await outbox.EndImportAsync(run, new ImportEnd(ImportState.Completed), default);
    }
}

using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>The last thing that happens to an outbox before a crash, in one commit.</summary>
internal static class LastChange
{
    /// <summary>Does it.</summary>
    public static async Task RunAsync(SqliteOutbox outbox, string change, bool hasKeys)
    {
        if (change.StartsWith("append", StringComparison.Ordinal))
        {
            await outbox.AppendAsync([.. New(change, hasKeys)], default);
            return;
        }

        if (change is "replay" or "discard")
        {
            await outbox.ResolveFailedAsync(
                new FailedSelection("stores"),
                change == "replay" ? Resolution.Replay : Resolution.Discard,
                default
            );
            return;
        }

        var (scope, elsewhere) = (new PendingScope("stores", "1001"), new Redirection("2002", null, TimeSpan.Zero));
        if (change == "redirect")
        {
            await outbox.RedirectAsync(scope, elsewhere, default);
            return;
        }

        if (change == "replay elsewhere")
        {
            await outbox.ReplayFailedAsync(new FailedSelection("stores"), elsewhere, default);
            return;
        }

        if (change == "discard waiting")
        {
            await outbox.DiscardPendingAsync(scope, default);
            return;
        }

        var chunk = (await outbox.LeaseAsync(new LeaseRequest("stores", 1, 1), default)).Single();
        await outbox.SettleAsync(
            [
                change switch
                {
                    "deliver" => ChunkSettlement.Delivered(chunk),
                    "keep some" => new ChunkSettlement(chunk, [0, 2], Some.Now.AddSeconds(-1), []),
                    _ => new ChunkSettlement(chunk, [], default, [new Burial(1, "refused_by_meta")]),
                },
            ],
            default
        );
    }

    /// <summary>What an append appends: its payloads contain "new".</summary>
    public static IEnumerable<OutboxEntry> New(string change, bool hasKeys)
    {
        TimeSpan? window = hasKeys ? null : TimeSpan.Zero;
        string? payload = change == "append long events" ? $$"""{"new":"{{new string('n', 20_000)}}"}""" : null;
        yield return Some.Entry("new-1", window: window, payload: payload?.Replace("nn", "newnew"));
        yield return change == "append for two new destinations"
            ? Some.Entry("new-2", connection: "tills", dataset: "1002", uploadTag: "tag", window: window)
            : Some.Entry("new-2", window: window);
        if (change == "append for two new destinations")
        {
            yield return Some.Entry("new-3", dataset: "1003", window: window);
        }
    }
}

using System.Text;
using Microsoft.Extensions.Logging;
using OfflineConversions.Fuzzing.Targets;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Fuzzing.PowerCut;

/// <summary>Starts the service's outbox on what a power cut left, and compares it with what was promised.</summary>
internal static class PowerCutCheck
{
    private static readonly byte[] IdMember = "\"event_id\":\""u8.ToArray();

    /// <summary>The event's id in a payload of the workload.</summary>
    public static string IdOf(ReadOnlySpan<byte> payload)
    {
        var start = payload.IndexOf(IdMember);
        return start < 0 ? "" : Encoding.UTF8.GetString(payload[(start + IdMember.Length)..][..6]);
    }

    /// <summary>What is wrong after a power cut at this number of writes, or <see langword="null"/>.</summary>
    /// <param name="folder">What the power cut left.</param>
    /// <param name="events">Where each event was, and when.</param>
    /// <param name="writes">How many writes had happened.</param>
    public static async Task<string?> RunAsync(
        string folder,
        IReadOnlyDictionary<string, EventHistory> events,
        int writes
    )
    {
        var log = new Warnings();
        await using var outbox = SmallOutboxFile.Open(Path.Combine(folder, "outbox.db"), log);
        var found = new Dictionary<string, EventPlace>();
        if ((await WaitingAsync(outbox, found) ?? await FailedAsync(outbox, found)) is { } problem)
        {
            return problem;
        }

        foreach (var (id, history) in events)
        {
            var allowed = history.PlacesAt(writes).ToArray();
            var place = found.GetValueOrDefault(id, EventPlace.Nowhere);

            // What has left cannot be distinguished from what never came.
            if (!allowed.Contains(place) && !(place == EventPlace.Nowhere && allowed.Contains(EventPlace.Gone)))
            {
                return $"{id} is {place}, expected {string.Join(" or ", allowed)}";
            }
        }

        return await LedgerAsync(outbox, found)
            ?? log.First
            ?? (outbox.Recoveries.Count > 0 ? "a recovery is listed" : null);
    }

    private static async Task<string?> WaitingAsync(SqliteOutbox outbox, Dictionary<string, EventPlace> found)
    {
        while (true)
        {
            var chunks = await outbox.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default);
            if (chunks.Count == 0)
            {
                return null;
            }

            foreach (var stored in chunks.SelectMany(chunk => chunk.Events))
            {
                if (Add(found, stored.Payload, EventPlace.Waiting) is { } problem)
                {
                    return problem;
                }
            }
        }
    }

    private static async Task<string?> FailedAsync(SqliteOutbox outbox, Dictionary<string, EventPlace> found)
    {
        foreach (var failed in await outbox.FailedAsync(new FailedQuery("stores", Limit: 1000), default))
        {
            if (Add(found, failed.Payload, EventPlace.Failed) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? Add(Dictionary<string, EventPlace> found, ReadOnlyMemory<byte> payload, EventPlace place)
    {
        var id = IdOf(payload.Span);
        return !payload.Span.SequenceEqual(SmallOutboxFile.Entry(id).Delivery.Payload.Span) ? $"{id} has changed"
            : found.TryAdd(id, place) ? null
            : $"{id} is there twice";
    }

    private static async Task<string?> LedgerAsync(SqliteOutbox outbox, Dictionary<string, EventPlace> found)
    {
        var lines = await outbox.LedgerAsync(default);
        if (lines.FirstOrDefault(line => line.Connection == "stores") is not { } line)
        {
            return found.Count == 0 ? null : "the ledger has no line";
        }

        var waiting = found.Values.Count(place => place == EventPlace.Waiting);
        var failed = found.Values.Count(place => place == EventPlace.Failed);
        return
            line.Waiting == waiting
            && line.Failed == failed
            && line.Accepted == line.Delivered + line.Waiting + line.Failed + line.Discarded + line.Expired
            ? null
            : $"the ledger says {line}, found were {waiting} waiting and {failed} failed";
    }

    /// <summary>A power cut is no damage: nothing that an operator should worry about may be logged.</summary>
    private sealed class Warnings : ILogger<SqliteOutbox>
    {
        public string? First { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                First ??= $"logged: {formatter(state, exception)}";
            }
        }
    }
}

using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Keys that are taken, released and taken again, and keys of an earlier version.</summary>
internal sealed partial class OutboxModelRun
{
    /// <summary>Until when the keys of an earlier version hold.</summary>
    public static readonly DateTimeOffset OlderEnd = Some.Now.AddMinutes(40);

    /// <summary>The taken keys with their ends.</summary>
    private readonly Dictionary<string, DateTimeOffset> _keys = [];
    private readonly Dictionary<string, DateTimeOffset> _older = Older.ToDictionary(KeyOfEveryConnection, _ =>
        OlderEnd
    );

    /// <summary>Payloads that took a deduplication key, with its end.</summary>
    private readonly Dictionary<string, DateTimeOffset> _keyed = [];

    /// <summary>Deliveries whose keys an earlier version took for every connection.</summary>
    public static IReadOnlyList<EventDelivery> Older =>
        [.. Enumerable.Range(0, 10).Select(id => Some.Entry($"{id}", dataset: "0").Delivery)];

    private bool Learn(OutboxEntry entry, bool stored)
    {
        var text = Encoding.UTF8.GetString(entry.Delivery.Payload.Span);
        var key = KeyOf(text);
        if (entry.DeduplicationWindow == TimeSpan.Zero)
        {
            return true;
        }

        // A key that had ended before a start with an earlier clock may be forgotten or not.
        bool Holds(Dictionary<string, DateTimeOffset> keys, string wanted) =>
            keys.TryGetValue(wanted, out var end) && end > Now && (end > _latest || !stored);
        if (Holds(_older, KeyOfEveryConnection(entry.Delivery)) || Holds(_keys, key))
        {
            return false;
        }

        Take(text, entry.DeduplicationWindow);
        return true;
    }

    private void Take(string payload, TimeSpan window)
    {
        var milliseconds = (Now + window).ToUnixTimeMilliseconds();
        _keys[KeyOf(payload)] = _keyed[payload] = DateTimeOffset.FromUnixTimeSeconds((milliseconds + 999) / 1000);
    }

    /// <summary>Releases the key of an event, unless another has it by now.</summary>
    private void Release(string payload) =>
        _ =
            _keyed.TryGetValue(payload, out var end)
            && _keys.TryGetValue(KeyOf(payload), out var taken)
            && taken == end
            && _keys.Remove(KeyOf(payload));

    /// <summary>Those whose key another copy has stay on the list.</summary>
    private ResolvedEvents Replay(Failed[] chosen)
    {
        var skipped = 0;
        foreach (var failed in chosen)
        {
            var hasKey = _keyed.TryGetValue(failed.Payload, out var end);
            if (hasKey && _keys.TryGetValue(KeyOf(failed.Payload), out var taken) && taken > Now)
            {
                skipped++;
                continue;
            }

            if (hasKey && end > failed.At)
            {
                Take(failed.Payload, end - failed.At);
            }

            _failed.Remove(failed);
            _waiting.Add(failed.Payload, new Waiting(failed.Connection, failed.Payload, Now, Now));
        }

        return new ResolvedEvents(chosen.Length - skipped, skipped);
    }

    /// <summary>Whether the key had ended before a start with an earlier clock, so that it may be forgotten.</summary>
    private bool IsUncertain(Failed failed) =>
        _keys.TryGetValue(KeyOf(failed.Payload), out var end) && end > Now && end <= _latest;

    private static string KeyOf(string payload) =>
        JsonElement.Parse(payload) is var it
            ? $"{it.GetProperty("owner")}/{it.GetProperty("dataset")}/{it.GetProperty("event_id")}"
            : "";

    private static string KeyOfEveryConnection(EventDelivery delivery) => $"{delivery.DatasetId}/{delivery.EventId}";
}

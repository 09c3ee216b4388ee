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

    /// <summary>The datasets of the keys of payloads that went to another one than they say.</summary>
    private readonly Dictionary<string, string> _keyDatasets = [];

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
    private ResolvedEvents Replay(Failed[] chosen, Redirection? redirection = null)
    {
        var skipped = 0;
        foreach (var failed in chosen)
        {
            var hasKey = _keyed.TryGetValue(failed.Payload, out var end);
            var dataset = KeyDatasetAfter(failed.Payload, failed.Dataset, redirection);
            var isOlder = dataset is not null && IsOlderTaken(failed.Payload, dataset);
            dataset ??= KeyDatasetOf(failed.Payload);
            var isTaken = _keys.TryGetValue(KeyOf(failed.Payload, dataset), out var taken) && taken > Now;
            if (hasKey && (isTaken || isOlder))
            {
                skipped++;
                continue;
            }

            _keyDatasets[failed.Payload] = dataset;
            if (hasKey && end > failed.At)
            {
                Take(failed.Payload, end - failed.At);
            }

            _failed.Remove(failed);
            _waiting.Add(
                failed.Payload,
                new Waiting(failed.Connection, failed.Payload, Now, Now, redirection?.DatasetId ?? failed.Dataset)
            );
        }

        return new ResolvedEvents(chosen.Length - skipped, skipped);
    }

    /// <summary>Whether the key had ended before a start with an earlier clock, so that it may be forgotten.</summary>
    private bool IsUncertain(Failed failed, Redirection? redirection) =>
        IsUncertain(
            failed.Payload,
            KeyDatasetAfter(failed.Payload, failed.Dataset, redirection) ?? KeyDatasetOf(failed.Payload)
        );

    private bool IsUncertain(string payload, string dataset) =>
        (_keys.TryGetValue(KeyOf(payload, dataset), out var end) && end > Now && end <= _latest)
        || (OlderEnd > Now && OlderEnd <= _latest);

    private string KeyOf(string payload) => KeyOf(payload, KeyDatasetOf(payload));

    private static string KeyOf(string payload, string dataset) =>
        JsonElement.Parse(payload) is var it ? $"{it.GetProperty("owner")}/{dataset}/{it.GetProperty("event_id")}" : "";

    private string KeyDatasetOf(string payload) =>
        _keyDatasets.GetValueOrDefault(payload) ?? JsonElement.Parse(payload).GetProperty("dataset").GetString()!;

    /// <summary>
    /// The dataset of an event's key after a redirection; null if it keeps the key that it has, because it has none or
    /// its group is not that of the redirection, or was not that of an earlier one.
    /// </summary>
    private string? KeyDatasetAfter(string payload, string from, Redirection? redirection)
    {
        var owner = JsonElement.Parse(payload).GetProperty("owner").GetString()!;
        var isKnown =
            owner.StartsWith("connection", StringComparison.Ordinal)
            || owner == $"group {redirection?.DeduplicationGroup}";
        isKnown &= _keyed.ContainsKey(payload) && KeyDatasetOf(payload) == from;
        return redirection is not null && isKnown ? redirection.DatasetId : null;
    }

    private bool IsOlderTaken(string payload, string dataset) =>
        _older.TryGetValue($"{dataset}/{JsonElement.Parse(payload).GetProperty("event_id")}", out var end) && end > Now;

    private static string KeyOfEveryConnection(EventDelivery delivery) => $"{delivery.DatasetId}/{delivery.EventId}";
}

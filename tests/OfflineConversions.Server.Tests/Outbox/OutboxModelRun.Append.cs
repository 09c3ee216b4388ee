using System.Text;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Events that arrive.</summary>
internal sealed partial class OutboxModelRun
{
    private async Task AppendAsync()
    {
        // Several calls at once, so that commits are shared now and then.
        var calls = Enumerable
            .Range(0, _random.Next(1, 4))
            .Select(_ => Enumerable.Range(0, _random.Next(1, 8)).Select(_ => Entry()).ToArray())
            .ToArray();
        foreach (var (call, result) in calls.Zip(await AppendAsync(calls)))
        {
            result.Status.Should().Be(AppendStatus.Stored);
            foreach (var (entry, stored) in call.Zip(result.Stored))
            {
                if (IsSuppressed(entry))
                {
                    stored.Should().BeFalse();
                    continue;
                }

                stored.Should().Be(Learn(entry, stored));
                if (stored)
                {
                    var text = TextOf(entry);
                    _waiting.Add(text, new Waiting(entry.Connection, text, Now, Now, entry.Delivery.DatasetId));
                }
            }
        }
    }

    private async Task<AppendResult[]> AppendAsync(OutboxEntry[][] calls)
    {
        var keys = calls.SelectMany(call => call.Select(entry => KeyOf(TextOf(entry))).Distinct()).ToArray();
        if (!HasOneWriter && keys.Distinct().Count() < keys.Length)
        {
            // Which of them gets a key is not known beforehand.
            var results = new List<AppendResult>();
            foreach (var call in calls)
            {
                results.Add(await _outbox.AppendAsync(call, default));
            }

            return [.. results];
        }

        return await Task.WhenAll(calls.Select(call => _outbox.AppendAsync(call, default).AsTask()));
    }

    private OutboxEntry Entry()
    {
        var (id, dataset, person) = (_random.Next(40), _random.Next(2), _random.Next(20));
        var connection = Connection();

        // A group may have the name of a connection.
        var group = _random.Next(3) switch
        {
            0 => "stores",
            1 => "shop",
            _ => null,
        };
        var owner = group is null ? $"connection {connection}" : $"group {group}";
        var entry = Some.Entry(
            $"{id}",
            connection,
            dataset: $"{dataset}",
            chunkEvents: 5,
            window: _random.Next(4) == 0 ? TimeSpan.Zero : Window,
            payload: $$$"""
            {"n":{{{_payloads++}}},"owner":"{{{owner}}}","dataset":"{{{dataset}}}",
             "event_name":"Purchase","event_id":"{{{id}}}",
             "user_data":{"em":["p{{{person}}}"]}}
            """
        );
        return entry with { DeduplicationGroup = group };
    }

    private static string TextOf(OutboxEntry entry) => Encoding.UTF8.GetString(entry.Delivery.Payload.Span);
}

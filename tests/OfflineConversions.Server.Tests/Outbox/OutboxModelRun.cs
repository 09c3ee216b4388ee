using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>One random sequence of calls, and a model of the outbox in plain lists.</summary>
internal sealed partial class OutboxModelRun : IAsyncDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private readonly Random _random;
    private readonly AdjustableTime _clock;
    private readonly Func<IOutboxStore> _open;
    private readonly Func<IOutboxStore, Task>? _crash;
    private readonly Dictionary<string, Waiting> _waiting = [];
    private readonly Dictionary<string, DateTimeOffset> _keys = [];
    private readonly List<Failed> _failed = [];
    private IOutboxStore _outbox;
    private DateTimeOffset _latest;
    private int _payloads;
    private int _delivered;
    private int _discarded;

    /// <param name="random">Decides everything.</param>
    /// <param name="clock">The store's clock.</param>
    /// <param name="open">Opens the store, for the first time or again.</param>
    /// <param name="crash">Kills the store, if it has a life beyond the process.</param>
    public OutboxModelRun(Random random, AdjustableTime clock, Func<IOutboxStore> open, Func<IOutboxStore, Task>? crash)
    {
        (_random, _clock, _open, _crash) = (random, clock, open, crash);
        _outbox = open();
        _latest = Now;
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    public ValueTask DisposeAsync() => _outbox.DisposeAsync();

    public Task StepAsync() =>
        _random.Next(22) switch
        {
            < 4 => AppendAsync(),
            < 7 => LeaseAsync(),
            < 10 => SettleAsync(),
            10 or 11 => RenewAsync(),
            12 => RestartAsync(isCrash: _random.Next(2) == 0),
            13 or 14 => ResolveAsync(),
            15 => PauseAsync(),
            16 => EraseAsync(),
            17 or 18 => HaltAsync(),
            19 => JumpAsync(),
            _ => PassAsync(),
        };

    public async Task CompareAsync(string because)
    {
        var waiting = _waiting.Values.GroupBy(w => w.Connection).OrderBy(g => g.Key, StringComparer.Ordinal);
        (await _outbox.BacklogAsync(default))
            .Should()
            .Equal(
                waiting.Select(g => new Backlog(
                    g.Key,
                    g.Count(),
                    g.Sum(w => w.Payload.Length),
                    g.Min(w => w.CreatedAt)
                )),
                because
            );
        (await _outbox.FailedAsync(new FailedQuery(Limit: 10_000), default))
            .Select(f => f.Text())
            .Should()
            .Equal(_failed.Select(f => f.Payload).Reverse(), because);
        var ledger = await _outbox.LedgerAsync(default);
        ledger.Sum(line => line.Delivered).Should().Be(_delivered, because);
        ledger.Sum(line => line.Discarded).Should().Be(_discarded, because);
        ledger.Sum(line => line.Failed).Should().Be(_failed.Count, because);
        ledger.Sum(line => line.Waiting).Should().Be(_waiting.Count, because);
        ledger
            .Should()
            .OnlyContain(
                line => line.Accepted == line.Delivered + line.Waiting + line.Failed + line.Discarded + line.Expired,
                because
            );
        await CompareStatesAsync(because);

        await RestartAsync(isCrash: false);
        await CompareStatesAsync(because);
        _clock.Set(_latest.AddDays(1));
        var left = new List<string>();
        foreach (var connection in new[] { "stores", "web" })
        {
            while (await _outbox.LeaseAsync(new LeaseRequest(connection, 10, 200), default) is { Count: > 0 } chunks)
            {
                left.AddRange(chunks.Texts());
            }
        }

        left.Order(StringComparer.Ordinal).Should().Equal(_waiting.Keys.Order(StringComparer.Ordinal), because);
    }

    private async Task AppendAsync()
    {
        // Several calls at once, so that commits are shared now and then.
        var calls = Enumerable
            .Range(0, _random.Next(1, 4))
            .Select(_ => Enumerable.Range(0, _random.Next(1, 8)).Select(_ => Entry()).ToArray())
            .ToArray();
        var results = calls.Select(call => _outbox.AppendAsync(call, default).AsTask()).ToArray();
        foreach (var (call, result) in calls.Zip(await Task.WhenAll(results)))
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
                    var text = Encoding.UTF8.GetString(entry.Delivery.Payload.Span);
                    _ = entry.DeduplicationWindow > TimeSpan.Zero && _keyed.Add(text);
                    _waiting.Add(text, new Waiting(entry.Connection, text, Now, Now));
                }
            }
        }
    }

    private bool Learn(OutboxEntry entry, bool stored)
    {
        var key = KeyOf(Encoding.UTF8.GetString(entry.Delivery.Payload.Span));
        if (entry.DeduplicationWindow == TimeSpan.Zero)
        {
            return true;
        }

        if (_keys.TryGetValue(key, out var expiry) && expiry > Now && (expiry > _latest || !stored))
        {
            // A key that had expired before the clock was set back may be forgotten or not.
            return false;
        }

        _keys[key] = Now + entry.DeduplicationWindow;
        return true;
    }

    private async Task RestartAsync(bool isCrash)
    {
        await (isCrash && _crash is not null ? _crash(_outbox) : _outbox.DisposeAsync().AsTask());
        _outbox = _open();

        // A lease waits until what was in flight of erased persons is gone.
        await _outbox.LeaseAsync(new LeaseRequest("unused", 1, 1), default);
        Forget([.. _leased.SelectMany(held => held.Chunk.Texts()).Where(IsErased)]);

        // Those who held leases were in the process that has ended.
        _leased.Clear();
        _lost.Clear();
    }

    /// <summary>Time passes: some leases end.</summary>
    private async Task PassAsync()
    {
        var by = TimeSpan.FromSeconds(_random.Next(1, 1500));

        // Delivery ends every lease that holds an erased person before it ends by time.
        var ending = _leased.Where(held => held.Chunk.Texts().Any(IsErased)).ToArray();
        await SettleAsync(ending);
        _clock.Advance(by);
        Note();
    }

    /// <summary>The wall clock is set, forward or back. No lease ends.</summary>
    private Task JumpAsync()
    {
        _clock.Set(Now.AddSeconds(_random.Next(-4000, 4000)));
        Note();
        return Task.CompletedTask;
    }

    private void Note() => _latest = Now > _latest ? Now : _latest;

    private OutboxEntry Entry()
    {
        var (id, dataset, person) = (_random.Next(40), _random.Next(2), _random.Next(20));
        return Some.Entry(
            $"{id}",
            Connection(),
            dataset: $"{dataset}",
            chunkEvents: 5,
            window: _random.Next(4) == 0 ? TimeSpan.Zero : Window,
            payload: $$$"""
            {"n":{{{_payloads++}}},"dataset":"{{{dataset}}}","event_name":"Purchase","event_id":"{{{id}}}",
             "user_data":{"em":["p{{{person}}}"]}}
            """
        );
    }

    private static string PersonOf(string payload) =>
        JsonElement.Parse(payload).GetProperty("user_data").GetProperty("em")[0].GetString()!;

    private static string KeyOf(string payload) =>
        JsonElement.Parse(payload) is var it ? $"{it.GetProperty("dataset")}/{it.GetProperty("event_id")}" : "";

    private string Connection() => _random.Next(3) == 0 ? "web" : "stores";

    private sealed record Failed(string Connection, string Payload);

    private sealed record Waiting(string Connection, string Payload, DateTimeOffset CreatedAt, DateTimeOffset DueAt);
}

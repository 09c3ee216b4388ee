using System.Globalization;
using Microsoft.Data.Sqlite;
using OfflineConversions.Fuzzing.Targets;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Fuzzing.PowerCut;

/// <summary>
/// What a small outbox goes through while its writes are recorded: events arrive, are delivered, fail, are replayed,
/// discarded and moved to another dataset, the WAL is checkpointed, and the service restarts. Which of it, and in which
/// order, depends on the seed.
/// </summary>
internal sealed class PowerCutWorkload(string folder, WriteRecorder recorder, int seed) : IAsyncDisposable
{
    private const string Connection = "stores";
    private static readonly string[] Datasets = ["333", "444"];
    private static readonly string[] Checkpoints = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"];

    private readonly Random _random = new(seed);
    private readonly string _file = Path.Combine(folder, "outbox.db");
    private readonly Dictionary<string, EventHistory> _events = [];
    private SqliteOutbox? _outbox;

    /// <summary>The history of each event, by its id.</summary>
    public IReadOnlyDictionary<string, EventHistory> Events => _events;

    private SqliteOutbox Outbox => _outbox ??= SmallOutboxFile.Open(_file);

    /// <summary>Runs some steps.</summary>
    public async Task RunAsync(int steps)
    {
        while (steps-- > 0)
        {
            await StepAsync();
        }
    }

    public ValueTask DisposeAsync() => _outbox?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task StepAsync()
    {
        switch (_random.Next(14))
        {
            case 0 or 1 or 2 or 3 or 4:
                await AppendAsync();
                break;
            case 5 or 6 or 7:
                await SettleAsync();
                break;
            case 8:
                await ResolveAsync(_random.Next(2) == 0 ? Resolution.Replay : Resolution.Discard);
                break;
            case 9:
                await Outbox.SetPausedAsync("other", paused: _random.Next(2) == 0, default);
                break;
            case 10:
                await RedirectAsync();
                break;
            case 11:
                await DisposeAsync();
                _outbox = null;
                break;
            default:
                Checkpoint();
                break;
        }
    }

    private async Task AppendAsync()
    {
        var ids = Enumerable.Range(0, _random.Next(1, 5)).Select(_ => NewId()).ToArray();
        var start = recorder.Count;
        await Outbox.AppendAsync([.. ids.Select(SmallOutboxFile.Entry)], default);
        Note(ids, start, EventPlace.Waiting);
    }

    private async Task SettleAsync()
    {
        var chunks = await Outbox.LeaseAsync(new LeaseRequest(Connection, _random.Next(1, 6), 1_000_000), default);
        foreach (var chunk in chunks)
        {
            var kept = new List<int>();
            var buried = new List<Burial>();
            var gone = new List<string>();
            foreach (var (index, stored) in chunk.Events.Index())
            {
                switch (_random.Next(4))
                {
                    case 0:
                        kept.Add(index);
                        break;
                    case 1:
                        buried.Add(new Burial(index, "refused_by_meta", 100, 2804019));
                        break;
                    default:
                        gone.Add(PowerCutCheck.IdOf(stored.Payload.Span));
                        break;
                }
            }

            var start = recorder.Count;
            await Outbox.SettleAsync([new ChunkSettlement(chunk, kept, default, buried)], default);
            Note(gone, start, EventPlace.Gone);
            Note(
                buried.Select(one => PowerCutCheck.IdOf(chunk.Events[one.Index].Payload.Span)),
                start,
                EventPlace.Failed
            );
        }
    }

    private async Task ResolveAsync(Resolution resolution)
    {
        var failed = await Outbox.FailedAsync(new FailedQuery(Connection, Limit: _random.Next(1, 4)), default);
        if (failed.Count == 0)
        {
            return;
        }

        var start = recorder.Count;
        await Outbox.ResolveFailedAsync(
            new FailedSelection(Connection) { Ids = [.. failed.Select(one => one.Id)] },
            resolution,
            default
        );
        Note(
            failed.Select(one => PowerCutCheck.IdOf(one.Payload.Span)),
            start,
            resolution == Resolution.Replay ? EventPlace.Waiting : EventPlace.Gone
        );
    }

    /// <summary>
    /// Moves all that waits to the other dataset, and sometimes gives it up. Moved events still wait.
    /// </summary>
    private async Task RedirectAsync()
    {
        var from = _random.Next(2);
        var scope = new PendingScope(Connection, Datasets[from]);
        if (_random.Next(4) > 0)
        {
            var redirection = new Redirection(Datasets[1 - from], null, TimeSpan.FromDays(7));
            await Outbox.RedirectAsync(scope, redirection, default);
            return;
        }

        var waiting = await Outbox.PendingAsync(new PendingQuery(Connection, Datasets[from], Limit: 1000), default);
        var start = recorder.Count;
        await Outbox.DiscardPendingAsync(scope, default);
        Note(waiting.Events.Select(one => PowerCutCheck.IdOf(one.Payload!.Value.Span)), start, EventPlace.Gone);
    }

    /// <summary>Checkpoints more often than the service does, which waits for 16 MiB.</summary>
    private void Checkpoint()
    {
        if (_outbox is null)
        {
            return;
        }

        using var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(" + Checkpoints[_random.Next(Checkpoints.Length)] + ")";
        command.ExecuteNonQuery();
    }

    private string NewId()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"e{_events.Count:D5}");
        _events[id] = new EventHistory();
        return id;
    }

    private void Note(IEnumerable<string> ids, int start, EventPlace place)
    {
        var end = recorder.Count;
        foreach (var id in ids)
        {
            _events[id].Add(start, end, place);
        }
    }
}

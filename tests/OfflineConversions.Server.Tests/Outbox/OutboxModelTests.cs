using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Random sequences of everything an outbox can be asked, beside a truth kept in plain lists.</summary>
public sealed class OutboxModelTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_happens_in_whatever_order_the_outbox_holds_what_the_truth_holds(int seed)
    {
        for (var sequence = 0; sequence < 40; sequence++)
        {
            using var folder = new TemporaryFolder(fast: true);
            await using var run = new Run(folder.File("outbox.db"), new Random((seed * 1000) + sequence));
            for (var step = 0; step < 40; step++)
            {
                await run.StepAsync();
            }

            await run.CompareAsync($"seed {seed}, sequence {sequence}");
        }
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly Random _random;
        private readonly Clock _clock = new();
        private readonly Dictionary<string, Waiting> _waiting = [];
        private readonly Dictionary<string, DateTimeOffset> _keys = [];
        private readonly List<Chunk> _leased = [];
        private readonly List<Failed> _failed = [];
        private readonly Dictionary<string, DateTimeOffset> _paused = [];
        private string _file;
        private SqliteOutbox _outbox;
        private DateTimeOffset _latest;
        private int _crashes;
        private int _payloads;
        private int _delivered;
        private int _discarded;
        private readonly HashSet<string> _erased = [];

        // Payloads that were stored with a deduplication key.
        private readonly HashSet<string> _keyed = [];

        public Run(string file, Random random)
        {
            (_file, _random) = (file, random);
            _outbox = Open();
        }

        public ValueTask DisposeAsync() => _outbox.DisposeAsync();

        public Task StepAsync() =>
            _random.Next(16) switch
            {
                < 4 => AppendAsync(),
                < 7 => LeaseAsync(),
                < 10 => SettleAsync(),
                10 => _random.Next(2) == 0 ? RestartAsync() : CrashAsync(),
                11 or 12 => ResolveAsync(),
                13 => PauseAsync(),
                14 => EraseAsync(),
                _ => MoveClockAsync(),
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
                    line =>
                        line.Accepted == line.Delivered + line.Waiting + line.Failed + line.Discarded + line.Expired,
                    because
                );
            (await _outbox.PausedAsync(default))
                .Should()
                .BeEquivalentTo(_paused.Select(paused => new PausedConnection(paused.Key, paused.Value)), because);

            await RestartAsync();
            _clock.Advance(TimeSpan.FromDays(1));
            var left = new List<string>();
            foreach (var connection in new[] { "stores", "web" })
            {
                while (
                    await _outbox.LeaseAsync(new LeaseRequest(connection, 10, 200), default) is { Count: > 0 } chunks
                )
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
                    if (Suppressed(entry))
                    {
                        stored.Should().BeFalse();
                        continue;
                    }

                    stored.Should().Be(Learn(entry, stored));
                    if (stored)
                    {
                        var text = System.Text.Encoding.UTF8.GetString(entry.Delivery.Payload.Span);
                        _ = entry.DeduplicationWindow > TimeSpan.Zero && _keyed.Add(text);
                        _waiting.Add(text, new Waiting(entry.Connection, text, _clock.GetUtcNow(), _clock.GetUtcNow()));
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

            if (_keys.TryGetValue(key, out var expiry) && expiry > _clock.GetUtcNow() && (expiry > _latest || !stored))
            {
                // A key that had expired before the clock was set back may be forgotten or not.
                return false;
            }

            _keys[key] = _clock.GetUtcNow() + entry.DeduplicationWindow;
            return true;
        }

        private async Task LeaseAsync()
        {
            var connection = Connection();
            var chunks = await _outbox.LeaseAsync(
                new LeaseRequest(connection, _random.Next(1, 12), _random.Next(1, 4000)),
                default
            );

            var taken = _leased.SelectMany(chunk => chunk.Texts()).ToHashSet(StringComparer.Ordinal);
            var due = _waiting
                .Values.Where(w =>
                    w.Connection == connection && w.DueAt <= _clock.GetUtcNow() && !taken.Contains(w.Payload)
                )
                .ToArray();
            chunks.Any().Should().Be(due.Length > 0);
            if (chunks.Count > 0)
            {
                chunks.Select(chunk => chunk.Destination).Distinct().Should().ContainSingle();
                chunks.Texts().Should().BeSubsetOf(due.Select(w => w.Payload));
                _waiting[chunks.Texts()[0]].DueAt.Should().Be(due.Min(w => w.DueAt));
                _leased.AddRange(chunks);
            }
        }

        private async Task SettleAsync()
        {
            var settled = _leased.Where(_ => _random.Next(3) > 0).ToArray();
            await _outbox.SettleAsync(settled.Select(Settlement).ToArray(), default);
            _leased.RemoveAll(settled.Contains);
        }

        private ChunkSettlement Settlement(Chunk chunk)
        {
            var due = _clock.GetUtcNow() + TimeSpan.FromSeconds(_random.Next(-5, 60));
            var fates = chunk.Events.Select(_ => _random.Next(3)).ToArray();
            if (_random.Next(3) == 0)
            {
                Array.Fill(fates, _random.Next(3));
            }

            var texts = chunk.Texts();
            for (var i = 0; i < texts.Length; i++)
            {
                if (fates[i] != 2 && _erased.Contains(PersonOf(texts[i])))
                {
                    _waiting.Remove(texts[i]);
                    _discarded++;
                    continue;
                }

                if (fates[i] == 0)
                {
                    _waiting[texts[i]] = _waiting[texts[i]] with { DueAt = due };
                    continue;
                }

                _waiting.Remove(texts[i]);
                if (fates[i] == 1)
                {
                    _failed.Add(new Failed(chunk.Destination.Connection, texts[i]));
                }
                else
                {
                    _delivered++;
                }
            }

            int[] With(int fate) => Enumerable.Range(0, fates.Length).Where(i => fates[i] == fate).ToArray();
            return new ChunkSettlement(
                chunk,
                With(0),
                due,
                With(1).Select(i => new Burial(i, "rejected_by_meta")).ToArray()
            );
        }

        private async Task ResolveAsync()
        {
            var connection = _random.Next(3) == 0 ? null : Connection();
            var replay = _random.Next(3) > 0;
            var chosen = _failed.Where(f => connection is null || f.Connection == connection).ToArray();

            (await _outbox.CountFailedAsync(new FailedSelection(connection), default)).Should().Be(chosen.Length);
            (
                await _outbox.ResolveFailedAsync(
                    new FailedSelection(connection),
                    replay ? Resolution.Replay : Resolution.Discard,
                    default
                )
            )
                .Should()
                .Be(chosen.Length);

            _failed.RemoveAll(chosen.Contains);
            _discarded += replay ? 0 : chosen.Length;
            foreach (var failed in replay ? chosen : [])
            {
                _waiting.Add(
                    failed.Payload,
                    new Waiting(failed.Connection, failed.Payload, _clock.GetUtcNow(), _clock.GetUtcNow())
                );
            }
        }

        private async Task PauseAsync()
        {
            var connection = Connection();
            var pause = _random.Next(2) == 0;
            await _outbox.SetPausedAsync(connection, pause, default);
            if (!pause)
            {
                _paused.Remove(connection);
            }
            else
            {
                _paused.TryAdd(connection, _clock.GetUtcNow());
            }
        }

        private async Task EraseAsync()
        {
            // Few are erased, and for ever: a clock that is set back decides nothing here.
            var person = $"p{_random.Next(3)}";
            var inFlight = _leased
                .SelectMany(chunk => chunk.Texts())
                .Where(text => PersonOf(text) == person)
                .ToHashSet(StringComparer.Ordinal);
            var pending = _waiting.Keys.Where(text => PersonOf(text) == person && !inFlight.Contains(text)).ToArray();
            var failed = _failed.Where(f => PersonOf(f.Payload) == person).ToArray();

            var erased = await _outbox.EraseAsync(
                [PersonTrace.Of(MatchKey.Email, Encoding.UTF8.GetBytes(person))],
                _clock.GetUtcNow().AddDays(365),
                default
            );

            (erased.Pending, erased.Failed, erased.InFlight)
                .Should()
                .Be((pending.Length, failed.Length, inFlight.Count));
            Forget(pending.Concat(failed.Select(f => f.Payload)));
            _failed.RemoveAll(failed.Contains);
            _erased.Add(person);
        }

        private void Forget(IEnumerable<string> payloads)
        {
            foreach (var payload in payloads)
            {
                _waiting.Remove(payload);
                _discarded++;
                _ = _keyed.Contains(payload) && _keys.Remove(KeyOf(payload));
            }
        }

        private bool Suppressed(OutboxEntry entry) =>
            _erased.Contains(PersonOf(Encoding.UTF8.GetString(entry.Delivery.Payload.Span)));

        private async Task RestartAsync()
        {
            await _outbox.DisposeAsync();
            await OpenAgainAsync();
        }

        private async Task OpenAgainAsync()
        {
            _outbox = Open();

            // A lease waits until what was in flight of erased persons is gone.
            await _outbox.LeaseAsync(new LeaseRequest("nobody", 1, 1), default);
            Forget(
                _leased.SelectMany(chunk => chunk.Texts()).Where(text => _erased.Contains(PersonOf(text))).ToArray()
            );
            _leased.Clear();
        }

        /// <summary>What is on disk at this moment is all that is left.</summary>
        private async Task CrashAsync()
        {
            var left = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_file}-{++_crashes}");
            await using (var reader = new SqliteConnection($"Data Source={_file};Pooling=False"))
            {
                // The writer may be scrubbing. While a snapshot is read it cannot empty the WAL between one copy and
                // the other, which no kill does either.
                await reader.OpenAsync();
                await using var snapshot = reader.BeginTransaction(deferred: true);
                await using var read = reader.CreateCommand();
                (read.Transaction, read.CommandText) = (snapshot, "SELECT count(*) FROM sqlite_schema");
                await read.ExecuteScalarAsync();
                File.Copy(_file, left);
                File.Copy(_file + "-wal", left + "-wal");
            }

            await _outbox.DisposeAsync();
            File.Delete(_file + ".reserve");
            _file = left;
            await OpenAgainAsync();
        }

        private Task MoveClockAsync()
        {
            // Clocks are set back, too.
            _clock.Advance(TimeSpan.FromSeconds(_random.Next(-30, 1500)));
            _latest = _clock.GetUtcNow() > _latest ? _clock.GetUtcNow() : _latest;
            return Task.CompletedTask;
        }

        private OutboxEntry Entry()
        {
            var (id, dataset) = (_random.Next(40), _random.Next(2));
            return Some.Entry(
                $"{id}",
                Connection(),
                dataset: $"{dataset}",
                chunkEvents: 5,
                window: _random.Next(4) == 0 ? TimeSpan.Zero : Window,
                payload: $$$"""{"n":{{{_payloads++}}},"dataset":"{{{dataset}}}","event_name":"Purchase","event_id":"{{{id}}}","user_data":{"em":["p{{{_random.Next(20)}}}"]}}"""
            );
        }

        private static string PersonOf(string payload) =>
            JsonElement.Parse(payload).GetProperty("user_data").GetProperty("em")[0].GetString()!;

        private static string KeyOf(string payload) =>
            JsonElement.Parse(payload) is var it ? $"{it.GetProperty("dataset")}/{it.GetProperty("event_id")}" : "";

        private string Connection() => _random.Next(3) == 0 ? "web" : "stores";

        private SqliteOutbox Open() =>
            new(new OutboxOptions { Path = _file }, _clock, NullLogger<SqliteOutbox>.Instance);

        private sealed record Failed(string Connection, string Payload);

        private sealed record Waiting(
            string Connection,
            string Payload,
            DateTimeOffset CreatedAt,
            DateTimeOffset DueAt
        );
    }
}

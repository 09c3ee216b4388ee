using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>One random sequence of calls, and a model of the outbox in plain lists.</summary>
internal sealed partial class OutboxModelRun : IAsyncDisposable
{
    /// <summary>The longest wait of the stores under test.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private readonly Random _random;
    private readonly AdjustableTime _clock;
    private readonly Func<TimeProvider, IOutboxStore> _open;
    private readonly Func<IOutboxStore, Task>? _crash;
    private readonly Dictionary<string, Waiting> _waiting = [];
    private readonly List<Failed> _failed = [];
    private SteadyTime _time;
    private IOutboxStore _outbox;
    private DateTimeOffset _latest;
    private int _payloads;
    private int _delivered;
    private int _discarded;

    /// <param name="random">Decides everything.</param>
    /// <param name="clock">The machine's clock.</param>
    /// <param name="open">Opens the store, for the first time or again.</param>
    /// <param name="crash">Kills the store, if it has a life beyond the process.</param>
    public OutboxModelRun(
        Random random,
        AdjustableTime clock,
        Func<TimeProvider, IOutboxStore> open,
        Func<IOutboxStore, Task>? crash
    )
    {
        (_random, _clock, _open, _crash) = (random, clock, open, crash);
        _time = new SteadyTime(clock);
        _outbox = open(_time);
        _latest = Now;
    }

    /// <summary>Whether calls at the same time are stored in their order.</summary>
    public bool HasOneWriter { get; init; } = true;

    private DateTimeOffset Now => _time.GetUtcNow();

    public ValueTask DisposeAsync() => _outbox.DisposeAsync();

    public Task StepAsync() =>
        _random.Next(25) switch
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
            20 or 21 => RedirectAsync(),
            22 => DiscardPendingAsync(),
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
        await ComparePendingAsync(because);
        await RestartAsync(isCrash: false);
        await CompareStatesAsync(because);
        _clock.Advance(TimeSpan.FromDays(1));
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

    private async Task RestartAsync(bool isCrash)
    {
        await (isCrash && _crash is not null ? _crash(_outbox) : _outbox.DisposeAsync().AsTask());
        _time = new SteadyTime(_clock);
        _outbox = _open(_time);
        PullBack();
        Note();

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

    /// <summary>The machine's clock is set, forward or back. Nothing changes before a restart.</summary>
    private Task JumpAsync()
    {
        var jump = _random.Next(4) switch
        {
            0 => TimeSpan.FromDays(_random.Next(2) == 0 ? 1 : 100),
            1 => -TimeSpan.FromDays(_random.Next(2) == 0 ? 1 : 100),
            _ => TimeSpan.FromSeconds(_random.Next(-4000, 4000)),
        };
        _clock.Set(_clock.GetUtcNow() + jump);
        return Task.CompletedTask;
    }

    /// <summary>After a start, nothing waits longer than any schedule, and nothing comes from the future.</summary>
    private void PullBack()
    {
        foreach (var (text, waiting) in _waiting.ToArray())
        {
            _waiting[text] = waiting with
            {
                CreatedAt = waiting.CreatedAt > Now ? Now : waiting.CreatedAt,
                DueAt = waiting.DueAt > Now + LongestWait ? Now : waiting.DueAt,
            };
        }

        foreach (var halt in _halts.Values.Where(halt => halt.ProbeAt > Now + LongestWait).ToArray())
        {
            _halts[halt.Scope] = halt with { ProbeAt = Now };
        }
    }

    private void Note() => _latest = Now > _latest ? Now : _latest;

    private static string PersonOf(string payload) =>
        JsonElement.Parse(payload).GetProperty("user_data").GetProperty("em")[0].GetString()!;

    private string Connection() => _random.Next(3) == 0 ? "web" : "stores";

    private sealed record Failed(string Connection, string Payload, DateTimeOffset At, string Dataset);

    private sealed record Waiting(
        string Connection,
        string Payload,
        DateTimeOffset CreatedAt,
        DateTimeOffset DueAt,
        string Dataset
    );
}

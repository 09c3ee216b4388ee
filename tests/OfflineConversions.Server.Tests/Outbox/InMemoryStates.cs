using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Pauses and halts in memory.</summary>
internal sealed class InMemoryStates(TimeProvider time) : IConnectionStateStore
{
    private TimeProvider _time = time;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, DateTimeOffset> _paused = new(StringComparer.Ordinal);
    private readonly Dictionary<HaltScope, Halt> _halts = [];

    /// <summary>Whether halts cannot be stored or read.</summary>
    public bool BrokenHalts { get; set; }

    public ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _ = paused ? _paused.TryAdd(connection, _time.GetUtcNow()) : _paused.Remove(connection);
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<PausedConnection>>([
                .. _paused.Select(paused => new PausedConnection(paused.Key, paused.Value)),
            ]);
        }
    }

    public ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            ThrowIfHaltsAreBroken();
            var now = _time.GetUtcNow();
            var isNew = !_halts.TryGetValue(scope, out var before);
            var halt = _halts[scope] = new Halt(scope, reason, before?.Since ?? now, now + probeIn);
            return ValueTask.FromResult(new HaltChange(halt, isNew));
        }
    }

    public ValueTask<bool> TryProbeAsync(HaltScope scope, TimeSpan patience, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfHaltsAreBroken();
            var mayProbe = _halts.TryGetValue(scope, out var halt) && halt.ProbeAt <= _time.GetUtcNow();
            if (mayProbe)
            {
                _halts[scope] = halt! with { ProbeAt = _time.GetUtcNow() + patience };
            }

            return ValueTask.FromResult(mayProbe);
        }
    }

    public ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var later = _halts.Values.Where(halt => halt.Scope.Connection == connection && halt.ProbeAt > now);
            foreach (var halt in later.ToArray())
            {
                _halts[halt.Scope] = halt with { ProbeAt = now };
            }

            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfHaltsAreBroken();
            return ValueTask.FromResult(_halts.Remove(scope));
        }
    }

    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfHaltsAreBroken();
            return ValueTask.FromResult<IReadOnlyList<Halt>>([
                .. _halts
                    .Values.OrderBy(halt => halt.Scope.Connection, StringComparer.Ordinal)
                    .ThenBy(halt => halt.Scope.DatasetId, StringComparer.Ordinal),
            ]);
        }
    }

    /// <summary>Opens the store with another clock.</summary>
    public void Restart(TimeProvider clock, TimeSpan longestWait)
    {
        lock (_gate)
        {
            _time = clock;
            var now = clock.GetUtcNow();
            foreach (var halt in _halts.Values.Where(halt => halt.ProbeAt > now + longestWait).ToArray())
            {
                _halts[halt.Scope] = halt with { ProbeAt = now };
            }
        }
    }

    private void ThrowIfHaltsAreBroken()
    {
        if (BrokenHalts)
        {
            throw new IOException("The disk is gone.");
        }
    }
}

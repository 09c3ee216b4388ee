namespace OfflineConversions.Server.Delivery;

/// <summary>What a dispatcher may do now.</summary>
/// <param name="Kind">Send, probe, or neither.</param>
/// <param name="Until">When to ask again.</param>
public readonly record struct Clearance(ClearanceKind Kind, DateTimeOffset Until = default);

/// <summary>See <see cref="Clearance"/>.</summary>
public enum ClearanceKind
{
    Send,

    /// <summary>One small request may find out whether the trouble is over.</summary>
    Probe,

    Wait,
}

/// <summary>One connection's state: slowed down, halted as a whole or for single datasets, or neither. Safe for concurrent use.</summary>
public sealed class ConnectionState(string connection, TimeProvider time)
{
    /// <summary>The scope of a halt that holds up the whole connection; any other scope is a dataset id.</summary>
    public const string Everything = "";

    /// <summary>While a probe is on its way nobody else sends; should it get lost, the next one follows after this time.</summary>
    private static readonly TimeSpan ProbeTakes = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Halt> _halts = new(StringComparer.Ordinal);
    private Slowdown? _slowdown;
    private DateTimeOffset? _lastSuccess;
    private int _inFlight;

    /// <summary>For the operator.</summary>
    public ConnectionStatus Status
    {
        get
        {
            lock (_gate)
            {
                var halt = _halts.GetValueOrDefault(Everything) ?? _halts.Values.FirstOrDefault();
                var slow = _slowdown is { } slowdown && slowdown.Until > time.GetUtcNow() ? slowdown : null;
                return new ConnectionStatus(
                    connection,
                    halt is not null ? Condition.Halted : slow is not null ? Condition.Throttled : Condition.Active,
                    halt?.Reason ?? slow?.Reason,
                    halt?.Since ?? slow?.Since,
                    halt?.ProbeAt ?? slow?.Until,
                    _lastSuccess,
                    _inFlight,
                    _halts.Where(entry => entry.Key != Everything).ToDictionary(entry => entry.Key, entry => entry.Value.Reason, StringComparer.Ordinal));
            }
        }
    }

    /// <summary>How often in a row the connection was slowed down for the same reason.</summary>
    public int Slowdowns
    {
        get
        {
            lock (_gate)
                return _slowdown?.Times ?? 0;
        }
    }

    /// <summary>Asks before sending: first for <see cref="Everything"/>, then for a dataset. A probe is granted once.</summary>
    public Clearance Ask(string scope)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (scope == Everything && _slowdown is { } slow && slow.Until > now)
                return new Clearance(ClearanceKind.Wait, slow.Until);
            if (!_halts.TryGetValue(scope, out var halt))
                return new Clearance(ClearanceKind.Send);
            if (halt.ProbeAt > now)
                return new Clearance(ClearanceKind.Wait, halt.ProbeAt);
            _halts[scope] = halt with { ProbeAt = now + ProbeTakes };
            return new Clearance(ClearanceKind.Probe);
        }
    }

    /// <summary>Stands still.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Stop(string scope, string reason)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            return _halts.TryAdd(scope, new Halt(reason, now, now + RetrySchedule.Probe(0), FailedProbes: 0));
        }
    }

    /// <summary>A probe has found the trouble still there: the next one waits longer.</summary>
    public void ProbeFailed(string scope)
    {
        lock (_gate)
        {
            if (!_halts.TryGetValue(scope, out var halt))
                return;
            var failed = halt.FailedProbes + 1;
            _halts[scope] = halt with { FailedProbes = failed, ProbeAt = time.GetUtcNow() + RetrySchedule.Probe(failed) };
        }
    }

    /// <summary>Goes on.</summary>
    /// <returns>Whether it stood still.</returns>
    public bool Resume(string scope)
    {
        lock (_gate)
            return _halts.Remove(scope);
    }

    /// <summary>Nothing of the connection is sent before this time.</summary>
    public void Slow(string reason, DateTimeOffset until)
    {
        lock (_gate)
        {
            var before = _slowdown?.Reason == reason ? _slowdown : new Slowdown(reason, time.GetUtcNow(), until, Times: 0);
            _slowdown = before with { Until = before.Until > until ? before.Until : until, Times = before.Times + 1 };
        }
    }

    /// <summary>A batch sets out.</summary>
    public void Departed()
    {
        lock (_gate)
            _inFlight++;
    }

    /// <summary>A batch is done.</summary>
    public void Arrived()
    {
        lock (_gate)
            _inFlight--;
    }

    /// <summary>Meta took events.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            _lastSuccess = time.GetUtcNow();
            // A request that set out before the slowdown proves nothing about it.
            if (_slowdown?.Until <= _lastSuccess)
                _slowdown = null;
        }
    }

    private sealed record Halt(string Reason, DateTimeOffset Since, DateTimeOffset ProbeAt, int FailedProbes);

    private sealed record Slowdown(string Reason, DateTimeOffset Since, DateTimeOffset Until, int Times);
}

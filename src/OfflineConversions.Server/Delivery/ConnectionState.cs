using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>What a dispatcher may do now.</summary>
/// <param name="Kind">Send, probe, or neither.</param>
/// <param name="Until">When to ask again.</param>
internal readonly record struct Clearance(ClearanceKind Kind, DateTimeOffset Until = default);

/// <summary>See <see cref="Clearance"/>.</summary>
internal enum ClearanceKind
{
    Send,

    /// <summary>One small request may find out whether the trouble is over.</summary>
    Probe,

    Wait,
}

/// <summary>
/// One connection's state: paused, halted as a whole or for single datasets, slowed down, or nothing of it. Safe for
/// concurrent use.
/// </summary>
internal sealed class ConnectionState(string connection, ProbeSchedule probes, TimeProvider time)
{
    /// <summary>The scope of a halt that holds up the whole connection; any other scope is a dataset id.</summary>
    public const string Everything = "";

    private const int StrangersInARow = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _strangers = new(StringComparer.Ordinal);
    private readonly Halts _halts = new(probes);
    private readonly SlowStart _slowStart = new();
    private Slowdown? _slowdown;
    private DateTimeOffset? _paused;
    private DateTimeOffset? _lastSuccess;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inFlight;

    /// <summary>For the operator.</summary>
    public ConnectionStatus Status
    {
        get
        {
            lock (_gate)
            {
                var halt = _halts.Foremost;
                var slow = _slowdown is { } slowdown && slowdown.Until > time.GetUtcNow() ? slowdown : null;
                var paused = _paused is not null;
                return new ConnectionStatus(
                    connection,
                    paused ? Condition.Paused
                        : halt is not null ? Condition.Halted
                        : slow is not null ? Condition.Throttled
                        : Condition.Active,
                    paused ? DeliveryReason.PausedByOperator : halt?.Reason ?? slow?.Reason,
                    _paused ?? halt?.Since ?? slow?.Since,
                    paused ? null : halt?.ProbeAt ?? slow?.Until,
                    _lastSuccess,
                    _inFlight,
                    _halts.Datasets
                );
            }
        }
    }

    /// <summary>Completes when something changes that may let more be sent. To be taken before asking.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>
    /// Whether a batch on its way may send its next request. Asked right before each: since the batch set out, another
    /// one may have learnt that the token is dead. Nearing a limit is no reason to stop in the middle of a search,
    /// which would begin anew.
    /// </summary>
    public bool MaySend(string dataset)
    {
        lock (_gate)
        {
            return _paused is null
                && _halts.Of(Everything) is null
                && _halts.Of(dataset) is null
                && (
                    _slowdown is null
                    || _slowdown.Reason == DeliveryReason.NearingLimit
                    || _slowdown.Until <= time.GetUtcNow()
                );
        }
    }

    /// <summary>How often in a row the connection was slowed down for the same reason.</summary>
    public int Slowdowns
    {
        get
        {
            lock (_gate)
            {
                return _slowdown?.Times ?? 0;
            }
        }
    }

    /// <summary>
    /// Asks before sending: first for <see cref="Everything"/>, then for a dataset. A probe is granted once.
    /// </summary>
    public Clearance Ask(string scope)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (scope == Everything && (_paused is not null || !_slowStart.Admits(_inFlight)))
            {
                return new Clearance(ClearanceKind.Wait, DateTimeOffset.MaxValue);
            }

            if (scope == Everything && _slowdown is { } slow && slow.Until > now)
            {
                return new Clearance(ClearanceKind.Wait, slow.Until);
            }

            return _halts.Ask(scope, now);
        }
    }

    /// <summary>Stands still.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Stop(string scope, string reason)
    {
        lock (_gate)
        {
            if (scope == Everything)
            {
                _slowStart.Begin();
            }

            return _halts.Begin(scope, reason, time.GetUtcNow());
        }
    }

    /// <summary>Why a scope stands still, or <see langword="null"/>.</summary>
    public string? HaltOf(string scope)
    {
        lock (_gate)
        {
            return _halts.Of(scope)?.Reason;
        }
    }

    /// <summary>A probe has found the trouble still there: the next one waits longer.</summary>
    public void ProbeFailed(string scope)
    {
        lock (_gate)
        {
            _halts.ProbeFailed(scope, time.GetUtcNow());
        }
    }

    /// <summary>Every halt is probed with the next request.</summary>
    /// <param name="insist">
    /// Ends a halt for too many refusals without a probe: what is refused is buried from now on, until a batch goes
    /// well.
    /// </param>
    public void ProbeNow(bool insist)
    {
        lock (_gate)
        {
            _halts.ProbeNow(insist, time.GetUtcNow());
            Announce();
        }
    }

    /// <summary>Whether the operator wants refused events of this dataset buried, however many they are.</summary>
    public bool Insists(string dataset)
    {
        lock (_gate)
        {
            return _halts.Insists(dataset);
        }
    }

    /// <summary>A batch of this dataset went as batches go.</summary>
    public void Calm(string dataset)
    {
        lock (_gate)
        {
            _halts.Calm(dataset);
        }
    }

    /// <summary>Goes on.</summary>
    /// <returns>Whether it stood still.</returns>
    public bool Resume(string scope)
    {
        lock (_gate)
        {
            var stood = _halts.End(scope);
            if (stood)
            {
                Announce();
            }

            return stood;
        }
    }

    /// <summary>An operator wants nothing sent.</summary>
    public void Pause(DateTimeOffset since)
    {
        lock (_gate)
        {
            _paused = since;
        }
    }

    /// <summary>The operator's pause is over.</summary>
    public void Unpause()
    {
        lock (_gate)
        {
            _paused = null;
            Announce();
        }
    }

    /// <summary>
    /// Nothing of the connection is sent before this time. Of two reasons the one that takes longer stands.
    /// </summary>
    /// <returns>Whether that is news.</returns>
    public bool Slow(string reason, DateTimeOffset until)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _slowStart.Begin();
            if (_slowdown is { } other && other.Reason != reason && other.Until >= until)
            {
                return false;
            }

            var same = _slowdown?.Reason == reason;
            var before = same ? _slowdown! : new Slowdown(reason, now, until, Times: 0);
            _slowdown = before with { Until = before.Until > until ? before.Until : until, Times = before.Times + 1 };
            return !same;
        }
    }

    /// <summary>A dataset's request was answered, by Meta or by somebody else.</summary>
    /// <returns>Whether it was the third stranger in a row: time to say so.</returns>
    public bool Answered(string dataset, bool isMetas)
    {
        lock (_gate)
        {
            var strangers = isMetas ? 0 : _strangers.GetValueOrDefault(dataset) + 1;
            _strangers[dataset] = strangers;
            return strangers == StrangersInARow;
        }
    }

    /// <summary>A batch sets out.</summary>
    public void Departed()
    {
        lock (_gate)
        {
            _inFlight++;
        }
    }

    /// <summary>A batch is done.</summary>
    public void Arrived()
    {
        lock (_gate)
        {
            _inFlight--;
            Announce();
        }
    }

    /// <summary>Meta took events before the restart.</summary>
    public void Remember(DateTimeOffset lastSuccess)
    {
        lock (_gate)
        {
            _lastSuccess ??= lastSuccess;
        }
    }

    /// <summary>Meta took events.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            _lastSuccess = time.GetUtcNow();
            // A request that set out before the slowdown proves nothing about it.
            if (_slowdown?.Until > _lastSuccess)
            {
                return;
            }

            _slowdown = null;
            _slowStart.Grow();
            Announce();
        }
    }

    private void Announce()
    {
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Slowdown(string Reason, DateTimeOffset Since, DateTimeOffset Until, int Times);
}

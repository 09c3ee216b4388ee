using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery.State;

/// <summary>
/// Whether and how fast one connection sends: paused, halted, slowed down or active. Safe for concurrent use.
/// </summary>
internal sealed class ConnectionState(string connection, ConnectionHalts halts, ChangeSignal signal, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly SendingPace _pace = new();
    private readonly ProbeReport _probes = new();
    private DateTimeOffset? _pausedSince;
    private DateTimeOffset? _lastSuccess;
    private bool _slowdownIsNewest;
    private int _inFlight;

    /// <summary>The connection's name.</summary>
    public string Connection => connection;

    public ConnectionHalts Halts => halts;

    /// <summary>The state as the operator sees it.</summary>
    public ConnectionStatus Status
    {
        get
        {
            var (halt, haltedDatasets) = (Halts.Foremost, Halts.Datasets);
            lock (_gate)
            {
                var slowdown = _pace.Current(time.GetUtcNow());
                var status = new ConnectionStatus(
                    Connection,
                    Condition.Active,
                    _lastSuccess,
                    _inFlight,
                    haltedDatasets,
                    IsHalted: halt is not null
                );
                return _pausedSince is { } since
                        ? status with
                        {
                            Condition = Condition.Paused,
                            Reason = DeliveryReason.PausedByOperator,
                            Since = since,
                        }
                    : slowdown is not null && (halt is null || _slowdownIsNewest)
                        ? status with
                        {
                            Condition = Condition.Throttled,
                            Reason = slowdown.Reason,
                            Detail = slowdown.Detail,
                            Since = slowdown.Since,
                            Until = slowdown.Until,
                        }
                    : _probes.Newest is { } problem && Halts.Find(problem.Scope) is { } probed
                        ? problem.On(status, probed.ProbeAt)
                    : halt is not null
                        ? status with
                        {
                            Condition = Condition.Halted,
                            Reason = halt.Reason,
                            Since = halt.Since,
                            Until = halt.ProbeAt,
                        }
                    : status;
            }
        }
    }

    /// <summary>Completes when more may be sent than before. Take it before asking.</summary>
    public Task Changed => signal.Changed;

    /// <summary>How many times in a row the connection was slowed down for the same reason.</summary>
    public int Slowdowns
    {
        get
        {
            lock (_gate)
            {
                return _pace.Slowdowns;
            }
        }
    }

    /// <summary>
    /// Whether a batch in flight may send its next request. Asked right before each request, because another batch may
    /// have found out in the meantime that the token is dead. Nearing a limit does not stop a bisection, which would
    /// have to start over.
    /// </summary>
    public bool MaySend(string dataset)
    {
        if (Halts.Find(Halts.Everything) is not null || Halts.Find(Halts.Dataset(dataset)) is not null)
        {
            return false;
        }

        lock (_gate)
        {
            return _pausedSince is null
                && _pace.Current(time.GetUtcNow()) is null or { Reason: DeliveryReason.NearingLimit };
        }
    }

    /// <summary>Whether the connection may send everything, a probe, or nothing.</summary>
    public ValueTask<Clearance> AskAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_pausedSince is not null || !_pace.Admits(_inFlight))
            {
                return new(new Clearance(ClearanceKind.Wait, DateTimeOffset.MaxValue));
            }

            if (_pace.Current(time.GetUtcNow()) is { } slowdown)
            {
                return new(new Clearance(ClearanceKind.Wait, slowdown.Until));
            }
        }

        return Halts.AskAsync(Halts.Everything, cancellationToken);
    }

    /// <summary>Halts the connection or one of its datasets.</summary>
    /// <returns>Whether this is news: false if the newest problem is a halt of the scope for this reason.</returns>
    public async ValueTask<bool> HaltAsync(HaltScope scope, string reason, CancellationToken cancellationToken)
    {
        bool isNews;
        lock (_gate)
        {
            isNews = _probes.Clear() || _slowdownIsNewest;
            _slowdownIsNewest = false;
            if (scope == Halts.Everything)
            {
                _pace.Restart();
            }
        }

        return await Halts.HaltAsync(scope, reason, cancellationToken) || isNews;
    }

    /// <summary>Sends nothing before a time.</summary>
    /// <returns>Whether this is news: the reason or its detail is new, or the newest problem was a halt.</returns>
    public bool SlowDown(string reason, DateTimeOffset until, string? detail = null)
    {
        lock (_gate)
        {
            var isProblem = reason != DeliveryReason.NearingLimit;
            var isNews = isProblem && !_slowdownIsNewest;
            _slowdownIsNewest = isProblem;
            return _pace.SlowDown(reason, until, time.GetUtcNow(), detail) || isNews;
        }
    }

    /// <summary>A probe met another problem than that of its halt, which is reported from now on.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="isSlowdown">Whether <see cref="SlowDown"/> follows and reports it.</param>
    /// <returns>Whether this is news that no slowdown reports.</returns>
    public bool NoteProbe(ProbeProblem problem, bool isSlowdown)
    {
        lock (_gate)
        {
            var isNews = (_probes.Note(problem) || _slowdownIsNewest) && !isSlowdown;
            _slowdownIsNewest &= isSlowdown;
            return isNews;
        }
    }

    /// <summary>An operator has paused the connection.</summary>
    public void Pause(DateTimeOffset since)
    {
        lock (_gate)
        {
            _pausedSince = since;
        }
    }

    /// <summary>The operator's pause is over.</summary>
    public void Unpause()
    {
        lock (_gate)
        {
            if (_pausedSince is null)
            {
                return;
            }

            _pausedSince = null;
        }

        signal.Announce();
    }

    public void BatchStarted()
    {
        lock (_gate)
        {
            _inFlight++;
        }
    }

    public void BatchEnded()
    {
        lock (_gate)
        {
            _inFlight--;
        }

        signal.Announce();
    }

    /// <summary>Meta has accepted events.</summary>
    /// <returns>The slowdown that this ends; null if there is none.</returns>
    public Slowdown? Succeeded()
    {
        bool eased;
        Slowdown? ended;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _lastSuccess = now;
            eased = _pace.Succeeded(now, out ended);
        }

        if (eased)
        {
            signal.Announce();
        }

        return ended;
    }

    /// <summary>Takes over what the store has from before the restart.</summary>
    public void Restore(DateTimeOffset? lastSuccess, IReadOnlyCollection<Halt> stored)
    {
        Halts.Restore(stored);
        lock (_gate)
        {
            _lastSuccess ??= lastSuccess;
            if (stored.Any(halt => halt.Scope == Halts.Everything))
            {
                _pace.Restart();
            }
        }
    }
}

using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Delivery.State;

/// <summary>
/// The halts of one connection. Memory decides what this process sends and is changed before the store, so that other
/// shipments stop at once. Safe for concurrent use.
/// </summary>
internal sealed partial class ConnectionHalts(
    string connection,
    HaltStore store,
    ProbeSchedule probes,
    ChangeSignal signal,
    TimeProvider time
)
{
    /// <summary>How long others wait for a probe in flight. If it gets lost, the next one may follow.</summary>
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<HaltScope, Halt> _halts = [];
    private readonly HashSet<HaltScope> _insisted = [];
    private HaltScope _newest;

    /// <summary>The scope of the whole connection.</summary>
    public HaltScope Everything { get; } = new(connection);

    /// <summary>The halt to report: that of the whole connection, else the newest.</summary>
    public Halt? Foremost => Find(Everything) ?? Find(_newest) ?? All().FirstOrDefault();

    /// <summary>The reasons of the halted datasets.</summary>
    public Dictionary<string, string> Datasets =>
        All()
            .Where(halt => halt.Scope.DatasetId is not null)
            .ToDictionary(halt => halt.Scope.DatasetId!, halt => halt.Reason, StringComparer.Ordinal);

    /// <summary>The scope of one dataset.</summary>
    public HaltScope Dataset(string dataset) => new(connection, dataset);

    public Halt? Find(HaltScope scope)
    {
        lock (_gate)
        {
            return _halts.GetValueOrDefault(scope);
        }
    }

    /// <summary>Whether a scope may send everything, a probe, or nothing. A probe is granted once.</summary>
    public async ValueTask<Clearance> AskAsync(HaltScope scope, CancellationToken cancellationToken)
    {
        Halt claimed;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_halts.GetValueOrDefault(scope) is not { } halt)
            {
                return new Clearance(ClearanceKind.Send);
            }

            if (halt.ProbeAt > now)
            {
                return new Clearance(ClearanceKind.Wait, halt.ProbeAt);
            }

            claimed = _halts[scope] = halt with { ProbeAt = now + ProbePatience };
        }

        using var writing = new Write(this);
        if (await store.ClaimProbeAsync(scope, ProbePatience, cancellationToken) is not { } later)
        {
            return new Clearance(ClearanceKind.Probe);
        }

        Update(claimed, later);
        return new Clearance(ClearanceKind.Wait, later);
    }

    /// <summary>
    /// Halts a scope. A halt with another reason takes the new one, and keeps the time since when the scope is halted.
    /// </summary>
    /// <returns>False if it was halted for this reason before.</returns>
    public async ValueTask<bool> HaltAsync(HaltScope scope, string reason, CancellationToken cancellationToken)
    {
        using var writing = new Write(this);
        Halt halt;
        TimeSpan wait;
        lock (_gate)
        {
            _newest = scope;
            var now = time.GetUtcNow();
            var before = _halts.GetValueOrDefault(scope);
            if (before?.Reason == reason)
            {
                return false;
            }

            var since = before?.Since ?? now;
            wait = probes.Wait(reason, now - since);
            halt = _halts[scope] = new Halt(scope, reason, since, now + wait);
        }

        await StoreAsync(halt, wait, cancellationToken);
        return true;
    }

    /// <summary>A probe has shown that the halt is not over: the next probe waits longer.</summary>
    /// <returns>When the next probe may be sent; null if the scope is not halted.</returns>
    public async ValueTask<DateTimeOffset?> ProbeFailedAsync(HaltScope scope, CancellationToken cancellationToken)
    {
        using var writing = new Write(this);
        Halt? halt;
        TimeSpan wait;
        lock (_gate)
        {
            if (!_halts.TryGetValue(scope, out halt))
            {
                return null;
            }

            var now = time.GetUtcNow();
            wait = probes.Wait(halt.Reason, now - halt.Since);
            halt = _halts[scope] = halt with { ProbeAt = now + wait };
        }

        await StoreAsync(halt, wait, cancellationToken);
        return halt.ProbeAt;
    }

    /// <summary>Ends a halt.</summary>
    /// <returns>False if the scope was not halted.</returns>
    public async ValueTask<bool> EndAsync(HaltScope scope, CancellationToken cancellationToken)
    {
        using var writing = new Write(this);
        lock (_gate)
        {
            if (!_halts.Remove(scope))
            {
                return false;
            }
        }

        signal.Announce();
        await store.EndAsync(scope, cancellationToken);
        return true;
    }

    /// <summary>Probes every halt with the next request.</summary>
    /// <param name="insist">
    /// Ends halts for too many refusals without a probe: refused events are buried until a batch goes well.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task ProbeNowAsync(bool insist, CancellationToken cancellationToken)
    {
        using var writing = new Write(this);

        // The store first: a probe is granted only if its time has come there too.
        await store.ProbeNowAsync(cancellationToken);
        List<HaltScope> ended = [];
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var (scope, halt) in _halts.ToArray())
            {
                if (insist && halt.Reason == DeliveryReason.TooManyRefused)
                {
                    _halts.Remove(scope);
                    _insisted.Add(scope);
                    ended.Add(scope);
                }
                else
                {
                    _halts[scope] = halt with { ProbeAt = now };
                }
            }
        }

        signal.Announce();
        foreach (var scope in ended)
        {
            await store.EndAsync(scope, cancellationToken);
        }
    }

    /// <summary>Takes over halts from the store that are not in memory.</summary>
    public void Restore(IEnumerable<Halt> stored)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var halt in stored)
            {
                _halts.TryAdd(halt.Scope, halt with { ProbeAt = probes.PullBack(halt.ProbeAt, now) });
            }
        }
    }

    /// <summary>Whether the operator insists that refused events of the dataset are buried, however many.</summary>
    public bool IsInsistedOn(string dataset)
    {
        lock (_gate)
        {
            return _insisted.Contains(Dataset(dataset));
        }
    }

    /// <summary>A batch of the dataset had no more refusals than usual, so there is nothing to insist on.</summary>
    public void EndInsisting(string dataset)
    {
        lock (_gate)
        {
            _insisted.Remove(Dataset(dataset));
        }
    }

    private List<Halt> All()
    {
        lock (_gate)
        {
            return [.. _halts.Values];
        }
    }

    private async Task StoreAsync(Halt halt, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (await store.HaltAsync(halt.Scope, halt.Reason, wait, cancellationToken) is { } stored)
        {
            Update(halt, stored.ProbeAt);
        }
    }

    /// <summary>Takes over the store's probe time, unless the halt has changed in the meantime.</summary>
    private void Update(Halt halt, DateTimeOffset probeAt)
    {
        lock (_gate)
        {
            if (_halts.GetValueOrDefault(halt.Scope) == halt)
            {
                _halts[halt.Scope] = halt with { ProbeAt = probeAt };
            }
        }
    }
}

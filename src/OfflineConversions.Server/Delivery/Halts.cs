using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>What of a connection stands still, and when each of it is probed. Guarded by its owner's lock.</summary>
internal sealed class Halts(ProbeSchedule probes)
{
    /// <summary>
    /// While a probe is on its way nobody else sends; should it get lost, the next one follows after this time.
    /// </summary>
    private static readonly TimeSpan ProbeTakes = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, Halt> _halts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _insisting = new(StringComparer.Ordinal);

    /// <summary>The one to tell of: that of everything, else any.</summary>
    public Halt? Foremost => Of(ConnectionState.Everything) ?? _halts.Values.FirstOrDefault();

    /// <summary>The datasets that stand still, with the reason.</summary>
    public Dictionary<string, string> Datasets =>
        _halts
            .Where(entry => entry.Key != ConnectionState.Everything)
            .ToDictionary(entry => entry.Key, entry => entry.Value.Reason, StringComparer.Ordinal);

    /// <summary>The halt of a scope.</summary>
    public Halt? Of(string scope) => _halts.GetValueOrDefault(scope);

    /// <summary>Stands still from now on; false where it did before.</summary>
    public bool Begin(string scope, string reason, DateTimeOffset now) =>
        _halts.TryAdd(scope, new Halt(reason, now, now + probes.Wait(reason, TimeSpan.Zero)));

    /// <summary>Goes on; false where it did not stand still.</summary>
    public bool End(string scope) => _halts.Remove(scope);

    /// <summary>Whether a scope may send, probe, or neither.</summary>
    public Clearance Ask(string scope, DateTimeOffset now)
    {
        if (Of(scope) is not { } halt)
        {
            return new Clearance(ClearanceKind.Send);
        }

        if (halt.ProbeAt > now)
        {
            return new Clearance(ClearanceKind.Wait, halt.ProbeAt);
        }

        _halts[scope] = halt with { ProbeAt = now + ProbeTakes };
        return new Clearance(ClearanceKind.Probe);
    }

    /// <summary>A probe has found the trouble still there.</summary>
    public void ProbeFailed(string scope, DateTimeOffset now)
    {
        if (Of(scope) is { } halt)
        {
            _halts[scope] = halt with { ProbeAt = now + probes.Wait(halt.Reason, now - halt.Since) };
        }
    }

    /// <summary>
    /// All of it is probed with the next request. Insisting ends a halt for too many refusals without a probe.
    /// </summary>
    public void ProbeNow(bool insist, DateTimeOffset now)
    {
        foreach (var (scope, halt) in _halts.ToArray())
        {
            if (insist && halt.Reason == DeliveryReason.TooManyRefused)
            {
                _ = _halts.Remove(scope) && _insisting.Add(scope);
            }
            else
            {
                _halts[scope] = halt with { ProbeAt = now };
            }
        }
    }

    /// <summary>Whether the operator insists on going on in a dataset.</summary>
    public bool Insists(string dataset) => _insisting.Contains(dataset);

    /// <summary>There is no need to insist any more.</summary>
    public void Calm(string dataset) => _insisting.Remove(dataset);

    /// <summary>One halt.</summary>
    public sealed record Halt(string Reason, DateTimeOffset Since, DateTimeOffset ProbeAt);
}

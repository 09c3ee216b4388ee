using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Faults;

/// <summary>
/// The faults still to be played, in the order in which they were added. The first that matches a call is played.
/// </summary>
internal sealed class FaultList
{
    private readonly Lock _lock = new();
    private readonly List<Fault> _faults = [];
    private long _lastId;

    public Fault Add(FaultRequest request)
    {
        lock (_lock)
        {
            var fault = Fault.From(request, ++_lastId);
            _faults.Add(fault);
            return fault with { };
        }
    }

    public Fault? Take(string dataset, SandboxRequest request)
    {
        lock (_lock)
        {
            if (_faults.Count == 0)
            {
                return null;
            }

            var events = request.Identities();
            return Play(candidate => candidate.Matches(dataset, request.TokenFingerprint, events));
        }
    }

    /// <summary>The fault of a reading call: one that names its node.</summary>
    public Fault? TakeRead(string node, string? tokenFingerprint)
    {
        lock (_lock)
        {
            return Play(candidate => candidate.MatchesRead(node, tokenFingerprint));
        }
    }

    /// <summary>Whether a fault makes every use of the token fail.</summary>
    public bool Kills(string tokenFingerprint)
    {
        lock (_lock)
        {
            return _faults.Exists(fault => fault.Kills(tokenFingerprint));
        }
    }

    public FaultsResponse All()
    {
        lock (_lock)
        {
            return new(_faults.Count, [.. _faults.Select(fault => fault with { })]);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _faults.Clear();
        }
    }

    private Fault? Play(Predicate<Fault> matches)
    {
        var fault = _faults.Find(matches);
        if (fault is null)
        {
            return null;
        }

        fault.TimesPlayed++;
        if (fault.TimesLeft is not null && --fault.TimesLeft == 0)
        {
            _faults.Remove(fault);
        }

        return fault;
    }
}

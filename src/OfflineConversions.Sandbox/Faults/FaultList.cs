using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Faults;

/// <summary>
/// The faults to play, in the order in which they were set; the first that fits a call is played and counted.
/// </summary>
internal sealed class FaultList
{
    private readonly Lock _door = new();
    private readonly List<Fault> _faults = [];
    private long _lastId;

    public Fault Add(FaultRequest request)
    {
        lock (_door)
        {
            var fault = Fault.From(request, ++_lastId);
            _faults.Add(fault);
            return fault with { };
        }
    }

    public Fault? Take(string dataset, GraphRequest request)
    {
        lock (_door)
        {
            if (_faults.Count == 0)
            {
                return null;
            }

            var events = request.Names();
            if (
                _faults.Find(candidate => candidate.Strikes(dataset, request.TokenFingerprint, events)) is not { } fault
            )
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

    public FaultsAnswer All()
    {
        lock (_door)
        {
            return new(_faults.Count, [.. _faults.Select(fault => fault with { })]);
        }
    }

    public void Clear()
    {
        lock (_door)
        {
            _faults.Clear();
        }
    }
}

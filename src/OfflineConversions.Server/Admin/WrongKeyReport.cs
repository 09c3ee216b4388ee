namespace OfflineConversions.Server.Admin;

/// <summary>
/// Reports wrong keys: the first one at once, those that follow once a minute together, so that a flood does not fill
/// the log. Safe for concurrent use.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="report">Receives how many there were, from how many addresses, and the last address.</param>
internal sealed class WrongKeyReport(TimeProvider time, Action<long, int, string> report) : IDisposable
{
    /// <summary>More addresses than this are not distinguished.</summary>
    public const int MostAddresses = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);
    private long _count;
    private string _last = string.Empty;
    private ITimer? _timer;

    /// <summary>Counts a wrong key.</summary>
    public void Add(string caller)
    {
        lock (_gate)
        {
            _count++;
            _last = caller;
            if (_addresses.Count < MostAddresses)
            {
                _addresses.Add(caller);
            }

            if (_timer is null)
            {
                Report();
                _timer = time.CreateTimer(_ => EndInterval(), null, Interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            if (_count > 0)
            {
                Report();
            }
        }
    }

    private void EndInterval()
    {
        lock (_gate)
        {
            if (_count > 0)
            {
                Report();
                _timer?.Change(Interval, Timeout.InfiniteTimeSpan);
                return;
            }

            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Report()
    {
        report(_count, _addresses.Count, _last);
        _count = 0;
        _addresses.Clear();
    }
}

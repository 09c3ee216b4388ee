namespace OfflineConversions.Benchmarks;

/// <summary>Looks at the resident memory of the service ten times a second.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private readonly Timer _timer;
    private long _most;

    public MemoryWatch(ServiceProcess service) =>
        _timer = new Timer(
            _ => _most = Math.Max(_most, service.ResidentBytes),
            null,
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(100)
        );

    public double MostMegabytes => _most / 1e6;

    public void Dispose() => _timer.Dispose();
}

using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Border;

/// <summary>Reads the resident memory of the service ten times a second and keeps the greatest value.</summary>
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

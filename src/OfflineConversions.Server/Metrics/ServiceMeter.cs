using System.Diagnostics.Metrics;

namespace OfflineConversions.Server.Metrics;

/// <summary>
/// Creates the instruments of one part of the service. <c>/metrics</c> shows every meter whose name starts with
/// <see cref="Prefix"/>.
/// </summary>
/// <param name="meters">Owns the meter.</param>
/// <param name="part">The part, for example <c>Delivery</c>.</param>
internal sealed class ServiceMeter(IMeterFactory meters, string part)
{
    /// <summary>The start of the name of every meter of the service.</summary>
    public const string Prefix = "OfflineConversions";

    private readonly Meter _meter = meters.Create($"{Prefix}.{part}");

    /// <summary>A counter of events, requests or other things without a unit.</summary>
    public Counter<long> Counter(string name, string description) =>
        _meter.CreateCounter<long>(name, description: description);

    /// <summary>A counter that is read on demand, so that its series exist from the start.</summary>
    public void Counter<T>(string name, string description, Func<IEnumerable<Measurement<T>>> read, string? unit = null)
        where T : struct => _meter.CreateObservableCounter(name, read, unit, description);

    /// <summary>A histogram of durations in seconds.</summary>
    public Histogram<double> Seconds(string name, string description) =>
        _meter.CreateHistogram<double>(name, "s", description);

    /// <summary>A gauge that is read on demand.</summary>
    public void Gauge<T>(string name, string description, Func<IEnumerable<Measurement<T>>> read, string? unit = null)
        where T : struct => _meter.CreateObservableGauge(name, read, unit, description);
}

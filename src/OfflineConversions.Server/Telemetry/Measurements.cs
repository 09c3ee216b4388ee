using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Listens to our meters and keeps what <c>/metrics</c> shows. Any exporter of the runtime's metrics can listen beside
/// it. A measurement of a known series allocates nothing.
/// </summary>
internal sealed class Measurements : IDisposable
{
    private const string OurMeters = "OfflineConversions";
    private const int LongestLabels = 512;
    private readonly Lock _collecting = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();

    public Measurements(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Meters that came from another container's factory belong to another service in this process.
            if (
                instrument.Meter.Name.StartsWith(OurMeters, StringComparison.Ordinal)
                && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, meters))
            )
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, MetricFamily.Of));
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        _listener.Start();
    }

    /// <summary>
    /// Every family with its series, observable instruments freshly read. One reader at a time: another would find half
    /// of them emptied.
    /// </summary>
    public T Collect<T>(Func<IReadOnlyList<MetricFamily>, T> read)
    {
        lock (_collecting)
        {
            return read(Collect());
        }
    }

    public void Dispose() => _listener.Dispose();

    private IReadOnlyList<MetricFamily> Collect()
    {
        foreach (var family in _families.Values.Where(family => family.IsObserved))
        {
            family.Series.Clear();
        }

        _listener.RecordObservableInstruments();
        return [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
    }

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var family = (MetricFamily)state!;
        Span<char> room = stackalloc char[LongestLabels];
        var labels = new LabelWriter(room);
        foreach (var (name, tag) in tags)
        {
            labels.Add(name, tag);
        }

        family.At(labels.Text).Record(value);
    }

    /// <summary>
    /// Writes <c>source="segment",status="200"</c> into the given room; what does not fit is cut off at the label
    /// before.
    /// </summary>
    private ref struct LabelWriter(Span<char> room)
    {
        private readonly Span<char> _room = room;
        private int _length;

        public readonly ReadOnlySpan<char> Text => _room[.._length];

        public void Add(string name, object? value)
        {
            var text = value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
            var rest = _room[_length..];
            if (
                rest.TryWrite(
                    CultureInfo.InvariantCulture,
                    $"{(_length == 0 ? "" : ",")}{PrometheusText.LabelName(name)}=\"{PrometheusText.LabelValue(text)}\"",
                    out var written
                )
            )
            {
                _length += written;
            }
        }
    }
}

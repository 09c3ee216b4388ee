using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using OfflineConversions.Server.Metrics;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Listens to the meters of this service and keeps the values that <c>/metrics</c> shows. Other exporters of .NET
/// metrics can listen at the same time. A measurement of a known series allocates nothing.
/// </summary>
internal sealed class Measurements : IDisposable
{
    private const int LongestLabels = 512;
    private readonly Lock _collecting = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();

    public Measurements(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // A meter of another container's factory belongs to another service in this process.
            if (
                instrument.Meter.Name.StartsWith(ServiceMeter.Prefix, StringComparison.Ordinal)
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
    /// Passes every family with its series to the reader, with fresh values of observable instruments. One reader at a
    /// time: a second one would find families that were just emptied.
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
        Span<char> buffer = stackalloc char[LongestLabels];
        var labels = new LabelWriter(buffer);
        foreach (var (name, tag) in tags)
        {
            labels.Add(name, tag);
        }

        family.At(labels.Text).Record(value);
    }

    /// <summary>
    /// Writes <c>source="segment",status="200"</c> into a buffer. A label that does not fit is left out as a whole.
    /// </summary>
    private ref struct LabelWriter(Span<char> buffer)
    {
        private readonly Span<char> _buffer = buffer;
        private int _length;

        public readonly ReadOnlySpan<char> Text => _buffer[.._length];

        public void Add(string name, object? value)
        {
            var text = value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
            var separator = _length == 0 ? "" : ",";
            if (
                _buffer[_length..]
                    .TryWrite(
                        CultureInfo.InvariantCulture,
                        $"{separator}{PrometheusText.LabelName(name)}=\"{PrometheusText.LabelValue(text)}\"",
                        out var written
                    )
            )
            {
                _length += written;
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>The last value of each series of the instruments of one factory, by name and tags.</summary>
internal sealed class Instruments : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _values = new(StringComparer.Ordinal);

    public Instruments(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Fresh values, for example under <c>offlineconversions.backlog.oldest stores</c>.</summary>
    public IReadOnlyDictionary<string, double> Read()
    {
        _listener.RecordObservableInstruments();
        return _values;
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _values[string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => Text(tag.Value))])] = value;

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}

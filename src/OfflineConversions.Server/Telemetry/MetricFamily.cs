using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OfflineConversions.Server.Telemetry;

/// <summary>Prometheus' types of metrics.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One instrument with its series, one series for each set of labels.</summary>
internal sealed class MetricFamily(string name, string help, MetricKind kind, bool isObserved, double[] bounds)
{
    private static readonly double[] SecondBounds =
    [
        .. (double[])[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
        .. (double[])[1, 2.5, 5, 10, 30],
    ];

    private static readonly double[] CountBounds =
    [
        .. (double[])[1, 2, 5, 10, 20, 50, 100, 200, 500],
        .. (double[])[1000, 2000, 5000, 10_000, 100_000, 1_000_000],
    ];

    /// <summary>The name in Prometheus' form.</summary>
    public string Name { get; } = name;

    /// <summary>What the metric means.</summary>
    public string Help { get; } = help;

    /// <summary>Its type.</summary>
    public MetricKind Kind { get; } = kind;

    /// <summary>Whether its values are read on demand rather than recorded as they happen.</summary>
    public bool IsObserved { get; } = isObserved;

    /// <summary>The series by their labels.</summary>
    public ConcurrentDictionary<string, MetricSeries> Series { get; } = new(StringComparer.Ordinal);

    /// <summary>The family of an instrument.</summary>
    public static MetricFamily Of(Instrument instrument)
    {
        var type = instrument.GetType();
        var shape = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        var kind =
            shape == typeof(Histogram<>) ? MetricKind.Histogram
            : shape == typeof(Counter<>) || shape == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
        return new MetricFamily(
            PrometheusText.MetricName(instrument, kind),
            instrument.Description ?? instrument.Name,
            kind,
            instrument.IsObservable,
            instrument.Unit is "s" ? SecondBounds : CountBounds
        );
    }

    /// <summary>The series with these labels.</summary>
    public MetricSeries At(ReadOnlySpan<char> labels)
    {
        var lookup = Series.GetAlternateLookup<ReadOnlySpan<char>>();
        return lookup.TryGetValue(labels, out var series) ? series : Series.GetOrAdd(labels.ToString(), New);
    }

    private MetricSeries New(string labels) =>
        new(add: Kind == MetricKind.Counter && !IsObserved, Kind == MetricKind.Histogram ? bounds : null);
}

/// <summary>The values of one set of labels.</summary>
internal sealed class MetricSeries(bool add, double[]? bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[(bounds?.Length ?? 0) + 1];
    private double _value;

    /// <summary>Records one measurement.</summary>
    public void Record(double value)
    {
        lock (_gate)
        {
            _value = add || bounds is not null ? _value + value : value;
            if (bounds is not null)
            {
                var bucket = Array.BinarySearch(bounds, value);
                _buckets[bucket < 0 ? ~bucket : bucket]++;
            }
        }
    }

    /// <summary>A consistent copy of the values.</summary>
    public SeriesValues Read()
    {
        lock (_gate)
        {
            return new SeriesValues(_value, bounds ?? [], [.. _buckets]);
        }
    }
}

/// <summary>The values of a series at one moment.</summary>
/// <param name="Value">The value; for a histogram the sum.</param>
/// <param name="Bounds">The upper bounds of the buckets of a histogram.</param>
/// <param name="Buckets">The measurements in each bucket. The last bucket has no bound.</param>
internal readonly record struct SeriesValues(double Value, IReadOnlyList<double> Bounds, long[] Buckets);

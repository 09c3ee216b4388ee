using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

/// <summary>
/// Loaded into the service's own process, as OpenTelemetry's automatic instrumentation is, it writes down every span
/// and every measurement's tags, the framework's included. The runtime wants this name and no namespace.
/// </summary>
#pragma warning disable CA1050, MA0047 // types belong in namespaces
internal static class StartupHook
#pragma warning restore CA1050, MA0047
{
    /// <summary>Where they are written to, in the folder of the process.</summary>
    public const string File = "telemetry.txt";

    private static readonly ConcurrentDictionary<string, bool> Told = new(StringComparer.Ordinal);
    private static readonly Lock Door = new();
    private static StreamWriter? _writer;

    public static void Initialize()
    {
        _writer = new StreamWriter(File) { AutoFlush = true };
        ActivitySource.AddActivityListener(
            new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                    Tell(
                        $"span {span.OperationName} {span.DisplayName} {span.StatusDescription} {Text(span.TagObjects)} {string.Join(' ', span.Events.Select(e => $"{e.Name} {Text(e.Tags)}"))}"
                    ),
            }
        );
        var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument),
        };
        meters.SetMeasurementEventCallback<long>(
            (instrument, _, tags, _) => Tell($"metric {instrument.Name} {Text(tags.ToArray())}")
        );
        meters.SetMeasurementEventCallback<int>(
            (instrument, _, tags, _) => Tell($"metric {instrument.Name} {Text(tags.ToArray())}")
        );
        meters.SetMeasurementEventCallback<double>(
            (instrument, _, tags, _) => Tell($"metric {instrument.Name} {Text(tags.ToArray())}")
        );
        meters.Start();
    }

    private static string Text(IEnumerable<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.Select(tag => $"{tag.Key}={Convert.ToString(tag.Value, CultureInfo.InvariantCulture)}"));

    private static void Tell(string line)
    {
        if (Told.TryAdd(line, true))
        {
            lock (Door)
            {
                _writer!.WriteLine(line);
            }
        }
    }
}

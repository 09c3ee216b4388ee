using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

/// <summary>
/// Runs in the service's own process, as OpenTelemetry's automatic instrumentation does, and writes down every span and
/// the tags of every measurement, including the framework's. The runtime requires this name and no namespace.
/// </summary>
#pragma warning disable CA1050, MA0047 // types belong in namespaces
internal static class StartupHook
#pragma warning restore CA1050, MA0047
{
    /// <summary>The file in the folder of the process to which they are written.</summary>
    public const string File = "telemetry.txt";

    private static readonly ConcurrentDictionary<string, bool> Written = new(StringComparer.Ordinal);
    private static readonly Lock Gate = new();
    private static StreamWriter? _writer;

    /// <summary>A file whose appearance makes the process collect its garbage and then delete the file.</summary>
    public const string Collect = "collect-garbage";

    public static void Initialize()
    {
        new Thread(CollectWhenAsked) { IsBackground = true }.Start();
        _writer = new StreamWriter(File) { AutoFlush = true };
        ActivitySource.AddActivityListener(
            new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                    Write(
                        $"span {span.OperationName} {span.DisplayName} {span.StatusDescription} "
                            + $"{Text(span.TagObjects)} "
                            + string.Join(' ', span.Events.Select(one => $"{one.Name} {Text(one.Tags)}"))
                    ),
            }
        );
        var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument),
        };
        meters.SetMeasurementEventCallback<long>(
            (instrument, _, tags, _) => Write($"metric {instrument.Name} {Text(tags.ToArray())}")
        );
        meters.SetMeasurementEventCallback<int>(
            (instrument, _, tags, _) => Write($"metric {instrument.Name} {Text(tags.ToArray())}")
        );
        meters.SetMeasurementEventCallback<double>(
            (instrument, _, tags, _) => Write($"metric {instrument.Name} {Text(tags.ToArray())}")
        );
        meters.Start();
    }

    private static string Text(IEnumerable<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.Select(tag => $"{tag.Key}={Convert.ToString(tag.Value, CultureInfo.InvariantCulture)}"));

    private static void Write(string line)
    {
        if (Written.TryAdd(line, true))
        {
            lock (Gate)
            {
                _writer!.WriteLine(line);
            }
        }
    }

    private static void CollectWhenAsked()
    {
        while (true)
        {
            if (System.IO.File.Exists(Collect))
            {
                for (var times = 0; times < 3; times++)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    GC.WaitForPendingFinalizers();
                }

                System.IO.File.Delete(Collect);
            }

            Thread.Sleep(50);
        }
    }
}

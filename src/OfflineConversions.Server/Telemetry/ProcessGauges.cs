using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using OfflineConversions.Server.Metrics;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// The process as Prometheus' own client libraries describe it, under their names. Source: Prometheus, "Writing client
/// libraries". Open files are known on Linux only.
/// </summary>
internal sealed class ProcessGauges
{
    private const string DescriptorFolder = "/proc/self/fd";
    private const string Limits = "/proc/self/limits";
    private const string OpenFiles = "Max open files";

    public ProcessGauges(IMeterFactory meters)
    {
        var meter = new ServiceMeter(meters, "Process");
        meter.Counter(
            "process.cpu",
            "The processor time of the process, user and system.",
            () => Read(process => process.TotalProcessorTime.TotalSeconds),
            "s"
        );
        meter.Gauge(
            "process.start_time",
            "When the process started, in Unix seconds.",
            () => Read(process => UnixSeconds(process.StartTime)),
            "s"
        );
        meter.Gauge(
            "process.resident_memory",
            "The resident memory of the process.",
            () => Read(process => process.WorkingSet64),
            "By"
        );
        if (Directory.Exists(DescriptorFolder))
        {
            meter.Gauge("process.open_fds", "Open file descriptors.", () => One(Directory.GetFiles(DescriptorFolder)));
            meter.Gauge("process.max_fds", "The most file descriptors that the process may open.", MaxOpenFiles);
        }
    }

    private static IEnumerable<Measurement<T>> Read<T>(Func<Process, T> value)
        where T : struct
    {
        using var process = Process.GetCurrentProcess();
        return [new Measurement<T>(value(process))];
    }

    private static IEnumerable<Measurement<int>> One(string[] descriptors) => [new(descriptors.Length)];

    private static IEnumerable<Measurement<long>> MaxOpenFiles() =>
        File.ReadLines(Limits)
            .Where(line => line.StartsWith(OpenFiles, StringComparison.Ordinal))
            .Select(line => line[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])
            .Select(text =>
                long.TryParse(text, CultureInfo.InvariantCulture, out var most) ? new Measurement<long>(most) : default
            )
            .Where(most => most.Value > 0);

    private static double UnixSeconds(DateTime local) => new DateTimeOffset(local).ToUnixTimeMilliseconds() / 1000.0;
}

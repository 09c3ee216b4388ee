using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace OfflineConversions.Benchmarks.Reporting;

/// <summary>What a figure depends on besides the code: every report states it.</summary>
internal static class Machine
{
    public static string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({Processor}), {RuntimeInformation.FrameworkDescription}, "
                + $"{RuntimeInformation.OSDescription}, {(GCSettings.IsServerGC ? "server" : "workstation")} GC, "
                + $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC"
        );

    /// <summary>
    /// The median time of writing a page to a file in the folder of the benchmarks and syncing it, in milliseconds.
    /// </summary>
    public static double FsyncMilliseconds
    {
        get
        {
            const int Times = 51;
            var page = new byte[4096];
            using var file = new FileStream(
                Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    BufferSize = 0,
                    Options = FileOptions.DeleteOnClose,
                }
            );
            var times = new double[Times];
            for (var time = 0; time < Times; time++)
            {
                var started = Stopwatch.GetTimestamp();
                file.Write(page);
                file.Flush(flushToDisk: true);
                times[time] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }

            return times.Order().ElementAt(Times / 2);
        }
    }

    private static string Processor =>
        File.Exists("/proc/cpuinfo")
        && File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            is { } line
            ? line.Split(':', 2)[1].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}

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

    private static string Processor =>
        File.Exists("/proc/cpuinfo")
        && File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            is { } line
            ? line.Split(':', 2)[1].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}

using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using OfflineConversions.Benchmarks.Reporting;

namespace OfflineConversions.Benchmarks.Micro;

/// <summary>
/// Runs the micro-benchmarks of this folder with BenchmarkDotNet and repeats their figures in the report. They run in
/// this process, so that a built folder is all it takes: BenchmarkDotNet's default is to build a project of its own.
/// </summary>
internal static class MicroBenchmarks
{
    public static Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var config = ManualConfig
            .Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "offline-conversions-micro"));
        var summaries = BenchmarkSwitcher
            .FromAssembly(typeof(MicroBenchmarks).Assembly)
            .Run(arguments.Count == 0 ? ["--filter", "*"] : [.. arguments], config);
        foreach (var measured in summaries.SelectMany(summary => summary.Reports).Where(one => one.Success))
        {
            Add(measured, report);
        }

        return Task.CompletedTask;
    }

    private static void Add(BenchmarkReport measured, Report report)
    {
        var nanoseconds = measured
            .AllMeasurements.Where(one => one.IterationMode == IterationMode.Workload)
            .Where(one => one.IterationStage == IterationStage.Result)
            .Select(one => one.GetAverageTime().Nanoseconds)
            .ToArray();
        if (nanoseconds.Length > 0)
        {
            report.Row(Name(measured.BenchmarkCase), nanoseconds, "ns");
        }
    }

    /// <summary>Class, method and parameters, such as <c>Mapping.Map(Source: segment)</c>.</summary>
    private static string Name(BenchmarkCase benchmark)
    {
        var method = $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}";
        var parameters = string.Join(", ", benchmark.Parameters.Items.Select(item => $"{item.Name}: {item.Value}"));
        return parameters.Length == 0 ? method : $"{method}({parameters})";
    }
}

using System.Diagnostics;
using System.Runtime;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>
/// Repeats a measurement without counting it until the compiler has little left to do. On a busy machine it still
/// compiles the hot methods long after the first seconds.
/// </summary>
internal static class WarmUp
{
    private const int MostRounds = 8;
    private const double Little = 0.02;

    public static async Task RunAsync(Func<Task> measureAsync)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var (compiling, started) = (JitInfo.GetCompilationTime(), Stopwatch.GetTimestamp());
            await measureAsync();
            if ((JitInfo.GetCompilationTime() - compiling) / Stopwatch.GetElapsedTime(started) < Little)
            {
                break;
            }
        }
    }
}

using System.Diagnostics;

namespace OfflineConversions.Fuzzing;

/// <summary>One execution, limited in time and memory.</summary>
internal static class Execution
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Returns what broke, or <see langword="null"/>. The text identifies the defect, not the input.
    /// </summary>
    public static string? Problem(Target target, byte[] input) =>
        Once(target, input) switch
        {
            // The machine may have been busy or a pool may have been filled, but a real finding repeats.
            (null, false) => null,
            (null, true) => Once(target, input) is { Heavy: true } ? "took too long or too much memory" : null,
            var (problem, _) => problem,
        };

    private static (string? Problem, bool Heavy) Once(Target target, byte[] input)
    {
        var (allocated, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        try
        {
            var problem = target.Run(input);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            return (
                problem,
                allocated > target.MostAllocated(input.Length) || Stopwatch.GetElapsedTime(started) > Longest
            );
        }
        catch (Exception thrown)
        {
            var ours = new StackTrace(thrown)
                .GetFrames()
                .Select(frame => frame.GetMethod())
                .FirstOrDefault(method =>
                    method?.DeclaringType?.FullName?.StartsWith("OfflineConversions.", StringComparison.Ordinal) == true
                );
            return ($"{thrown.GetType().Name} in {ours?.DeclaringType?.FullName}.{ours?.Name}", false);
        }
    }
}

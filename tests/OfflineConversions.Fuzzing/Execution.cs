using System.Diagnostics;

namespace OfflineConversions.Fuzzing;

/// <summary>One execution under its bounds of time and memory.</summary>
internal static class Execution
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What broke, or <see langword="null"/>. The text tells one defect from another, not one input from another.
    /// </summary>
    public static string? Problem(Target target, byte[] input) =>
        Once(target, input) switch
        {
            // The machine may have been busy, and a pool may have been filled: what is real happens again.
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

using System.Diagnostics;

namespace OfflineConversions.Benchmarks;

/// <summary>The floor of <see cref="NastyBodies"/>: computes in bursts as long and as frequent as theirs and sends nothing. What good traffic feels of it is the machine's doing.</summary>
internal static class BusyCore
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(12);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(11);

    /// <summary>Until the input ends.</summary>
    public static string Burn(Task inputEnded)
    {
        Console.WriteLine(BadCompany.Ready);
        var bursts = 0;
        for (; !inputEnded.IsCompleted; bursts++)
        {
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) < Burst)
            {
            }

            Thread.Sleep(Rest);
        }

        return $"{bursts} bursts of {Burst.TotalMilliseconds} ms";
    }
}

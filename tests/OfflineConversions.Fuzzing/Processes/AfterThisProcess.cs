using System.Diagnostics;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>Shell commands that run when this process has ended, even if it was killed.</summary>
internal static class AfterThisProcess
{
    /// <summary>Starts a shell that waits for the end of this process.</summary>
    /// <param name="commands">What it runs then.</param>
    /// <param name="first">What it runs at once.</param>
    public static void Run(string commands, string first = ":")
    {
        var start = new ProcessStartInfo("setsid")
        {
            ArgumentList =
            {
                "sh",
                "-c",
                $"{first}; while kill -0 {Environment.ProcessId} 2>/dev/null; do sleep 1; done; {commands}",
            },
            WorkingDirectory = "/",
        };
        Process.Start(start)!.Dispose();
    }
}

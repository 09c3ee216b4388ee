using System.Runtime.InteropServices;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// A lower priority for threads that compute for a long time, so that the kernel prefers threads that serve ordinary
/// requests. .NET's own thread priorities have no effect on Linux.
/// </summary>
internal static class LowPriority
{
    // A thread of nice value 10 gets a tenth of a contended core, and all of an idle one. The measurements are in
    // docs/performance.md.
    private const int Nice = 10;
    private const int Process = 0;
    private const int CallingThread = 0;

    /// <summary>Lowers the priority of the calling thread, for its whole life.</summary>
    public static void Begin()
    {
        if (OperatingSystem.IsLinux())
        {
            // On Linux the call changes one thread, not its process. Every process may lower its priority; should a
            // sandbox forbid it, the thread only keeps its priority.
            _ = SetPriority(Process, CallingThread, Nice);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int value);
}

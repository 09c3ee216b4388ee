using System.Diagnostics;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>A folder that is a file system of its own, in memory and small enough to fill.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(int megabytes)
    {
        if (Mount(Folder.Path, megabytes) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }

    public TemporaryFolder Folder { get; } = new();

    /// <summary>Why this machine does not let a test mount one, or <see langword="null"/>.</summary>
    public static string? Problem { get; } = Try();

    public void Dispose()
    {
        Run("umount", "--lazy", Folder.Path);
        Folder.Dispose();
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "A small file system can be mounted by root on Linux only.";
        }

        using var folder = new TemporaryFolder();
        var problem = Mount(folder.Path, megabytes: 1);
        if (problem is null)
        {
            Run("umount", folder.Path);
        }

        return problem;
    }

    private static string? Mount(string path, int megabytes) =>
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path);

    /// <returns>What it complained about, or <see langword="null"/>.</returns>
    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program} failed: {complaint.Trim()}";
    }
}

/// <summary>A fact that needs a small file system, and is shown as skipped where none may be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Problem;
}

using System.Diagnostics;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.Durability;

/// <summary>A folder that is a separate file system, in memory and small enough to fill.</summary>
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

    /// <summary>Why a test cannot mount one on this machine, or <see langword="null"/>.</summary>
    public static string? Problem { get; } = Try();

    /// <summary>Writes a file that leaves only so much space free.</summary>
    public void Fill(string file, int leftMegabytes)
    {
        var free = new DriveInfo(Folder.Path).AvailableFreeSpace - (leftMegabytes << 20);
        var block = new byte[1 << 20];
        using var filling = File.Create(file);
        while (filling.Length < free)
        {
            filling.Write(block);
        }
    }

    public void Dispose()
    {
        Run("umount", "--lazy", Folder.Path);
        Folder.Dispose();
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "Only root on Linux can mount a small file system.";
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

    /// <returns>The program's error message, or <see langword="null"/>.</returns>
    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program} failed: {error.Trim()}";
    }
}

/// <summary>A fact that needs a small file system. It is skipped where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Problem;
}

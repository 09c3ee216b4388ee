namespace OfflineConversions.Cli.Tests;

/// <summary>A fact that needs POSIX signals or bash. It is skipped on Windows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PosixFactAttribute : FactAttribute
{
    public PosixFactAttribute() =>
        Skip = OperatingSystem.IsWindows() ? "Windows has no POSIX signals and no bash." : null;
}

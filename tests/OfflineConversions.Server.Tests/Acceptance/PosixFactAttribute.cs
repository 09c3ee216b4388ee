namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>A fact that needs POSIX signals or file modes. It is skipped on Windows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PosixFactAttribute : FactAttribute
{
    public PosixFactAttribute() =>
        Skip = OperatingSystem.IsWindows() ? "Windows has no POSIX signals or file modes." : null;
}

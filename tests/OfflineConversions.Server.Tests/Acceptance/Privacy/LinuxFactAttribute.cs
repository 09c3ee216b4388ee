namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>A test that reads the memory of another process, which only Linux shows as files.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() =>
        Skip = OperatingSystem.IsLinux() ? null : "The memory of a process can be read as a file on Linux only.";
}

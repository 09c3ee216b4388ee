using System.Reflection;

namespace OfflineConversions.Server.Telemetry;

/// <summary>The version of this program, as logs, metrics and <c>--version</c> show it.</summary>
internal static class ProgramVersion
{
    /// <summary>For example <c>1.2.0</c>, without the commit that the build appends.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
}

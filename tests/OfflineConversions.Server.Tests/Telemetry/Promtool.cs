namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>Prometheus' own checks of metrics and rules.</summary>
internal static class Promtool
{
    public const string Name = "promtool";

    public const string Source = "it is part of Prometheus (Debian: apt-get install prometheus)";

    /// <summary>Runs it.</summary>
    /// <returns>What it wrote, if it found a problem; else null.</returns>
    public static async Task<string?> FindProblemAsync(string[] arguments, string input = "")
    {
        var result = await InstalledProgram.RunAsync(Name, arguments, input);
        return result.ExitCode == 0 ? null : result.Output + result.Errors;
    }
}

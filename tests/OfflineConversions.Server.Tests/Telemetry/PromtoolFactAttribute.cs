using System.ComponentModel;
using System.Diagnostics;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>A test that needs Prometheus' <c>promtool</c>; elsewhere it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (!Promtool.IsInstalled)
        {
            Skip = "promtool is not installed here; it is part of Prometheus (Debian: apt-get install prometheus).";
        }
    }
}

/// <summary>Prometheus' own checks of metrics and rules.</summary>
internal static class Promtool
{
    public static bool IsInstalled { get; } = Exists();

    /// <summary>Runs it.</summary>
    /// <returns>What it wrote, if it found a problem; else null.</returns>
    public static async Task<string?> FindProblemAsync(string[] arguments, string input = "")
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode == 0 ? null : await output + await errors;
    }

    private static bool Exists()
    {
        try
        {
            using var process = Start(["--version"]);
            return process.WaitForExit(TimeSpan.FromSeconds(30)) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("promtool", arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}

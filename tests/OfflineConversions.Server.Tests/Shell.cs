using System.Diagnostics;

namespace OfflineConversions.Server.Tests;

/// <summary>Runs a command of a page or a script in bash, in the repository's folder.</summary>
internal static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs it, and fails with everything that it wrote unless it succeeds.</summary>
    public static async Task RunAsync(string command)
    {
        using var process = Start("bash", "-c", $"{command} 2>&1");
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.Should().Be(0, output);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Whether a .NET tool of this repository is restored.</summary>
    public static bool HasTool(string tool)
    {
        using var process = Start("dotnet", tool, "--version");
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = DocumentationPage.Root,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
}

/// <summary>A test that needs bash and a .NET tool of this repository; elsewhere it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string tool)
    {
        Tool = tool;
        if (OperatingSystem.IsWindows())
        {
            Skip = "The command is run by bash.";
        }
        else if (!Shell.HasTool(tool))
        {
            Skip = $"{tool} is not there: run 'dotnet tool restore'.";
        }
    }

    public string Tool { get; }
}

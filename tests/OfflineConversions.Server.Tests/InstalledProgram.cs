using System.Diagnostics;

namespace OfflineConversions.Server.Tests;

/// <summary>A test that needs a program on the path; elsewhere it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    /// <param name="program">The program.</param>
    /// <param name="source">Where it comes from.</param>
    public ProgramFactAttribute(string program, string source)
    {
        if (!InstalledProgram.Exists(program))
        {
            Skip = $"{program} is not installed here; {source}.";
        }
    }
}

/// <summary>What a program answered.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors);

/// <summary>Programs of others, which tests run where they are installed.</summary>
internal static class InstalledProgram
{
    /// <summary>Whether it is on the path.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs it in the repository's folder, for at most a minute.</summary>
    public static async Task<ProgramResult> RunAsync(string program, string[] arguments, string input = "")
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = DocumentationPage.Root,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(patience.Token);
        return new ProgramResult(process.ExitCode, await output, await errors);
    }
}

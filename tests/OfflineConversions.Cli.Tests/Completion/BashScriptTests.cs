using System.Diagnostics;

namespace OfflineConversions.Cli.Tests.Completion;

/// <summary>The script for bash, run by bash.</summary>
public class BashScriptTests
{
    [PosixFact]
    public async Task Bash_finds_no_fault_in_the_script() =>
        (await BashAsync(await ScriptAsync("bash"), "-n")).Should().BeEmpty();

    [PosixFact]
    public async Task Commands_options_values_and_files_are_completed()
    {
        (await CompleteAsync("im")).Should().Equal("import", "imports");
        (await CompleteAsync("import", "--dr")).Should().Equal("--dry-run");
        (await CompleteAsync("import", "--type", "")).Should().Equal("csv", "ndjson");
        (await CompleteAsync("tail", "--outcome", "ig")).Should().Equal("ignored");
        (await CompleteAsync("completion", "")).Should().Equal("bash", "zsh", "fish");
        (await CompleteAsync("import", "/etc/host")).Should().Contain("/etc/hosts");
        (await CompleteAsync("import", "--connection", "")).Should().BeEmpty("the script calls no service");
        (await CompleteAsync("--json", "connections", "--js")).Should().Equal("--json");
    }

    [Theory]
    [InlineData("zsh", "#compdef offline-conversions", "'--dry-run[Show what would happen, and queue nothing]'")]
    [InlineData("fish", "complete -c offline-conversions", "-l dry-run -d 'Show what would happen, and queue nothing'")]
    public async Task The_other_shells_get_their_scripts_with_every_option(string shell, string first, string option) =>
        (await ScriptAsync(shell)).Should().Contain(first).And.Contain(option);

    [ShellTheory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task The_other_shells_find_no_fault_either(string shell)
    {
        using var process = Process.Start(
            new ProcessStartInfo(shell, ["-n"])
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        await process.StandardInput.WriteAsync(await ScriptAsync(shell));
        process.StandardInput.Close();
        (await process.StandardError.ReadToEndAsync()).Should().BeEmpty();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0);
    }

    private static async Task<string[]> CompleteAsync(params string[] words)
    {
        var script = $$"""
            {{await ScriptAsync("bash")}}
            COMP_WORDS=(offline-conversions {{string.Join(' ', words.Select(word => $"'{word}'"))}})
            COMP_CWORD={{words.Length}}
            _offline_conversions
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        return (await BashAsync(script)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<string> ScriptAsync(string shell)
    {
        var run = await CliRun.OfAsync(new Dictionary<string, string>(), "completion", shell);
        run.Code.Should().Be(ExitCode.Success);
        return run.Output;
    }

    private static async Task<string> BashAsync(string script, params string[] options)
    {
        using var process = Process.Start(
            new ProcessStartInfo("bash", [.. options, "-c", $"exec 2>&1\n{script}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync();
        output += await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    /// <summary>A theory about shells that are not everywhere. It is skipped unless all are here.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ShellTheoryAttribute : TheoryAttribute
    {
        public ShellTheoryAttribute()
        {
            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            Skip = new[] { "zsh", "fish" }.All(shell => folders.Any(folder => File.Exists(Path.Combine(folder, shell))))
                ? null
                : "zsh and fish are not installed here, so their scripts were not parsed.";
        }
    }
}

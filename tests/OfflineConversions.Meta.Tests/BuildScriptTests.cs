using System.Diagnostics;
using System.Text.Json;

namespace OfflineConversions.Meta.Tests;

/// <summary>The scripts of a release that only read and print. They need bash, so Windows does not run them.</summary>
public sealed class BuildScriptTests
{
    [BashFact]
    public async Task The_notes_of_a_version_are_its_section_of_the_changelog()
    {
        var notes = await RunAsync("build/release-notes 0.1.0");

        notes.Should().StartWith("### Added").And.Contain("A durable outbox in SQLite").And.NotContain("## [");
    }

    [BashFact]
    public async Task The_notes_of_a_version_without_a_section_are_the_unreleased_changes() =>
        (await RunAsync("build/release-notes 9.9.9")).Should().NotBeEmpty().And.NotContain("## [0.1.0]");

    [BashFact]
    public async Task Links_of_the_notes_to_pages_lead_there_from_elsewhere() =>
        (await RunAsync("build/release-notes 9.9.9 https://example.com/v9.9.9/"))
            .Should()
            .Contain("](https://example.com/v9.9.9/docs/")
            .And.NotContain("](docs/");

    [BashFact]
    public async Task The_provenance_names_each_file_with_its_digest()
    {
        var (first, second) = (new string('a', 64), new string('0', 64));

        var statement = await RunAsync(
            $"printf '{first}  one.nupkg\\n{second}  two.tar.gz\\n' | build/provenance 1.2.3"
        );

        using var json = JsonDocument.Parse(statement);
        json.RootElement.GetProperty("subject")
            .EnumerateArray()
            .Select(one => $"{one.GetProperty("name")} {one.GetProperty("digest").GetProperty("sha256")}")
            .Should()
            .Equal($"one.nupkg {first}", $"two.tar.gz {second}");
        json.RootElement.GetProperty("predicate")
            .GetProperty("buildDefinition")
            .GetProperty("externalParameters")
            .GetProperty("version")
            .GetString()
            .Should()
            .Be("1.2.3");
    }

    private static async Task<string> RunAsync(string command)
    {
        using var process = Process.Start(
            new ProcessStartInfo("bash", ["-c", command])
            {
                WorkingDirectory = SampleTests.Root,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, output);
        return output;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class BashFactAttribute : FactAttribute
    {
        public BashFactAttribute() => Skip = OperatingSystem.IsWindows() ? "The scripts are run by bash." : null;
    }
}

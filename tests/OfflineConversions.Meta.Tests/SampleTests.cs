using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Tests.Doctor;

namespace OfflineConversions.Meta.Tests;

/// <summary>The samples are the C# of the packages' READMEs, and run as these say.</summary>
public sealed partial class SampleTests
{
    /// <summary>The repository's folder.</summary>
    internal static readonly string Root = FindRoot();

    [Theory]
    [InlineData("src/OfflineConversions/README.md", "samples/MapAndHash/Program.cs")]
    [InlineData("src/OfflineConversions.Meta/README.md", "samples/SendSales/Program.cs")]
    public void The_code_of_a_README_is_a_sample_that_is_compiled(string page, string sample) =>
        string.Join("\n\n", CodeBlock().Matches(Text(page)).Select(block => block.Groups["code"].Value.TrimEnd('\n')))
            .Should()
            .Be(Text(sample).TrimEnd('\n'));

    private static readonly string[] MappedAndHashed =
    [
        "Accepted ",
        // SHA-256 of ada.lovelace@example.com, 442079460958 and obrien
        "em e814ff3dc480a94c7ce9334062ec4733c75a002f4bcec0197f62ffea64059e2f",
        "ph 35e206e5dec4c89b9e8b71b8c32724a5bb518483ac5a20c6617d738375b3b823",
        "ln b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba",
        "m-1 Accepted ",
        "1 for 1234567890",
        "Halt { Reason = token_invalid, Level = Connection }",
    ];

    [Fact]
    public async Task The_sample_of_the_core_prints_hashes_and_outcomes_and_nothing_of_the_customer() =>
        (await RunAsync("MapAndHash")).Should().Equal(MappedAndHashed);

    [Fact]
    public async Task The_sample_of_the_core_prints_the_same_when_it_is_built_for_net8()
    {
        var build = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [Path.Combine(Root, $"samples/MapAndHash/bin/{build}/net8.0/MapAndHash.dll")]
            )
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;

        var output = await process.StandardOutput.ReadToEndAsync();

        await process.WaitForExitAsync();
        Lines(output).Should().Equal(MappedAndHashed);
    }

    [Fact]
    public async Task The_sample_that_sends_delivers_its_sale_to_the_sandbox()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        var output = await RunAsync("SendSales", $"{sandbox.Address}", "any-token", "1234567890");

        output.Should().Equal("1 delivered, 0 refused, 0 waiting");
        (await sandbox.GetAsync("sandbox/events")).Should().Contain("order-1001").And.NotContain("ada@example.com");
    }

    private static async Task<string[]> RunAsync(string sample, params string[] arguments)
    {
        using var output = new StringWriter();
        var console = Console.Out;
        Console.SetOut(output);
        try
        {
            // The entry point that the compiler makes waits for the sample's own.
            await Task.Run(() => Assembly.Load(sample).EntryPoint!.Invoke(obj: null, [arguments]));
        }
        finally
        {
            Console.SetOut(console);
        }

        return Lines(output.ToString());
    }

    private static string[] Lines(string output) =>
        output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    [GeneratedRegex(
        "^```csharp\n(?<code>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex CodeBlock();
}

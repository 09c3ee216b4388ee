using System.Text;
using System.Text.Json;

namespace OfflineConversions.Cli.Tests;

/// <summary>One command line, run in this process as in a pipe: no terminal, no colours.</summary>
/// <param name="Code">What it ended with.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record CliRun(ExitCode Code, string Output, string Errors)
{
    /// <summary>Standard output as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Output);

    /// <summary>Runs it.</summary>
    /// <param name="variables">The environment variables; there are no others.</param>
    /// <param name="args">The arguments.</param>
    public static Task<CliRun> OfAsync(IReadOnlyDictionary<string, string> variables, params string[] args) =>
        OfAsync(variables, input: "", CancellationToken.None, args);

    /// <summary>Runs it with something on standard input, until it ends or is interrupted.</summary>
    public static async Task<CliRun> OfAsync(
        IReadOnlyDictionary<string, string> variables,
        string input,
        CancellationToken interrupt,
        params string[] args
    )
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var terminal = new Terminal
        {
            Output = TextWriter.Synchronized(output),
            Errors = TextWriter.Synchronized(errors),
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            Variable = name => variables.GetValueOrDefault(name),
        };
        var code = await CommandLine.RunAsync(args, terminal, interrupt);
        return new CliRun(code, output.ToString(), errors.ToString());
    }
}

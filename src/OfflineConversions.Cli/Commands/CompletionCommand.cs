using System.ComponentModel;
using OfflineConversions.Cli.Completion;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>completion</c>: prints the script with which a shell completes commands and options.</summary>
internal sealed class CompletionCommand(Terminal terminal) : Command<CompletionCommand.Settings>
{
    internal sealed class Settings : CommandSettings
    {
        /// <summary>The shell.</summary>
        [CommandArgument(0, "<SHELL>")]
        [Description("bash, zsh or fish")]
        [Values("bash", "zsh", "fish")]
        public required string Shell { get; init; }

        public override ValidationResult Validate() =>
            Shell is "bash" or "zsh" or "fish"
                ? ValidationResult.Success()
                : ValidationResult.Error("There is completion for bash, zsh and fish.");
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        terminal.Output.Write(
            settings.Shell switch
            {
                "bash" => BashScript.Text(CommandList.All),
                "zsh" => ZshScript.Text(CommandList.All),
                _ => FishScript.Text(CommandList.All),
            }
        );
        return (int)ExitCode.Success;
    }
}

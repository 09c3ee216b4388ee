using OfflineConversions.Cli.Commands;
using OfflineConversions.Cli.Completion;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli;

/// <summary>Every command, in the order of the help.</summary>
internal static class CommandList
{
    private static readonly IReadOnlyList<Entry> Entries =
    [
        Of<ImportCommand, ImportCommand.Settings>(
            "import",
            "Import a file of sales, with progress, and continue it after an interruption",
            ["sales.csv", "--connection", "tills", "--dry-run"],
            ["sales.csv", "--connection", "tills"]
        ),
        Of<PreviewCommand, PreviewCommand.Settings>(
            "preview",
            "Show exactly what Meta would get of the first events of a file",
            ["sales.csv", "--connection", "tills"]
        ),
        Of<ImportsCommand, ImportsCommand.Settings>("imports", "List the imports, or show one", []),
        Of<RejectedCommand, ImportIdSettings>("rejected", "Print the rejected rows of an import as CSV", ["november"]),
        Of<CancelCommand, ImportIdSettings>("cancel", "Cancel an import that runs or is interrupted", ["november"]),
        Of<EventsCommand, EventsCommand.Settings>(
            "events",
            "Show what became of a sale, by its event id or order number",
            ["order-1001"]
        ),
        Of<TailCommand, TailCommand.Settings>(
            "tail",
            "Show what happens right now, until Ctrl+C",
            ["--connection", "stores"]
        ),
        Of<FailedCommand, FailedCommand.Settings>(
            "failed",
            "List the events that Meta refused or that expired",
            ["--causes"]
        ),
        Of<ReplayCommand, ReplayCommand.Settings>(
            "replay",
            "Send failed events again, after a count and a question",
            ["--connection", "stores", "--reason", "refused_by_meta"]
        ),
        Of<ConnectionsCommand, ConnectionsCommand.Settings>("connections", "Show the state of each connection", []),
        Of<TestCommand, TestCommand.Settings>(
            "test",
            "Prove at Meta that a connection could deliver, without recording an event",
            ["stores"]
        ),
        Of<CheckCommand, CheckCommand.Settings>(
            "check",
            "Check service, key and connections; with --online also at Meta",
            ["--online"]
        ),
        Of<CompletionCommand, CompletionCommand.Settings>(
            "completion",
            "Print the script with which bash, zsh or fish complete commands and options",
            ["bash"]
        ),
    ];

    /// <summary>The commands as a shell sees them.</summary>
    public static IReadOnlyList<CommandDescription> All { get; } = [.. Entries.Select(entry => entry.Description)];

    /// <summary>Adds every command.</summary>
    public static void AddTo(IConfigurator configuration)
    {
        foreach (var entry in Entries)
        {
            entry.Add(configuration);
        }
    }

    private static Entry Of<TCommand, TSettings>(string name, string summary, params string[][] examples)
        where TCommand : class, ICommandLimiter<TSettings>
        where TSettings : CommandSettings =>
        new(CommandDescription.Of(name, summary, typeof(TSettings)), configuration =>
        {
            var command = configuration.AddCommand<TCommand>(name).WithDescription(summary + ".");
            foreach (var example in examples)
            {
                command.WithExample([name, .. example]);
            }
        });

    private sealed record Entry(CommandDescription Description, Action<IConfigurator> Add);
}

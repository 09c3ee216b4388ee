using System.Globalization;
using System.Text;

namespace OfflineConversions.Cli.Completion;

/// <summary>The script for fish.</summary>
internal static class FishScript
{
    private const string Complete = "complete -c offline-conversions";

    /// <summary>Writes it.</summary>
    public static string Text(IReadOnlyList<CommandDescription> commands)
    {
        var script = new StringBuilder("# fish completion for offline-conversions\n");
        script.Append(CultureInfo.InvariantCulture, $"{Complete} -f\n");
        script.Append(
            CultureInfo.InvariantCulture,
            $"{Complete} -n __fish_use_subcommand -l help -s h -d 'Show help'\n"
        );
        script.Append(
            CultureInfo.InvariantCulture,
            $"{Complete} -n __fish_use_subcommand -l version -s v -d 'Show the version'\n"
        );
        foreach (var command in commands)
        {
            script.Append(
                CultureInfo.InvariantCulture,
                $"{Complete} -n __fish_use_subcommand -a {command.Name} -d {Quoted(command.Summary)}\n"
            );
        }

        foreach (var command in commands)
        {
            var condition = $"-n '__fish_seen_subcommand_from {command.Name}'";
            foreach (var option in command.Options)
            {
                script.Append(
                    CultureInfo.InvariantCulture,
                    $"{Complete} {condition}{Names(option)} -d {Quoted(option.Summary)}{Value(option)}\n"
                );
            }

            foreach (var argument in command.Arguments)
            {
                script.Append(
                    argument.IsFile ? $"{Complete} {condition} -F\n"
                    : argument.Values.Count > 0
                        ? $"{Complete} {condition} -a {Quoted(string.Join(' ', argument.Values))}\n"
                    : ""
                );
            }
        }

        return script.ToString();
    }

    private static string Names(OptionDescription option) =>
        string.Concat(
            option.Names.Select(name =>
                name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}"
            )
        );

    private static string Value(OptionDescription option) =>
        !option.HasValue ? ""
        : option.IsFile ? " -r -F"
        : option.Values.Count > 0 ? $" -x -a {Quoted(string.Join(' ', option.Values))}"
        : " -x";

    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}

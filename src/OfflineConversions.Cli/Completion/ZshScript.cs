using System.Globalization;
using System.Text;

namespace OfflineConversions.Cli.Completion;

/// <summary>The script for zsh.</summary>
internal static class ZshScript
{
    /// <summary>Writes it.</summary>
    public static string Text(IReadOnlyList<CommandDescription> commands)
    {
        var script = new StringBuilder(
            """
            #compdef offline-conversions
            # zsh completion for offline-conversions
            _offline_conversions() {
              local state line
              _arguments -C '--help[Show help]' '--version[Show the version]' '1: :->command' '*:: :->rest'
              case $state in
                command)
                  local -a commands=(

            """
        );
        foreach (var command in commands)
        {
            script.Append(CultureInfo.InvariantCulture, $"        {Quoted($"{command.Name}:{command.Summary}")}\n");
        }

        script.Append("      )\n      _describe command commands\n      ;;\n    rest)\n      case $line[1] in\n");
        foreach (var command in commands)
        {
            script.Append(CultureInfo.InvariantCulture, $"        {command.Name})\n          _arguments");
            foreach (var option in command.Options)
            {
                script.Append(CultureInfo.InvariantCulture, $" \\\n            {Option(option)}");
            }

            foreach (var argument in command.Arguments)
            {
                script.Append(
                    CultureInfo.InvariantCulture,
                    $" \\\n            {Quoted($"*: :{Action(argument.Values, argument.IsFile)}")}"
                );
            }

            script.Append("\n          ;;\n");
        }

        return script
            .Append(
                """
                      esac
                      ;;
                  esac
                }
                if [[ $funcstack[1] == _offline_conversions ]]; then
                  _offline_conversions "$@"
                else
                  compdef _offline_conversions offline-conversions
                fi

                """
            )
            .ToString();
    }

    // '(-c --connection)'{-c,--connection}'[text]:value:action'
    private static string Option(OptionDescription option)
    {
        var text = $"[{option.Summary.Replace('[', '(').Replace(']', ')')}]";
        var value = option.HasValue ? $": :{Action(option.Values, option.IsFile)}" : "";
        return option.Names is [var only]
            ? Quoted(only + text + value)
            : $"'({string.Join(' ', option.Names)})'{{{string.Join(',', option.Names)}}}{Quoted(text + value)}";
    }

    private static string Action(IReadOnlyList<string> values, bool isFile) =>
        isFile ? "_files"
        : values.Count > 0 ? $"({string.Join(' ', values)})"
        : " ";

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

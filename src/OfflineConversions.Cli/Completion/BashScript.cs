using System.Globalization;
using System.Text;

namespace OfflineConversions.Cli.Completion;

/// <summary>The script for bash. Plain bash, without the package bash-completion.</summary>
internal static class BashScript
{
    /// <summary>Writes it.</summary>
    public static string Text(IReadOnlyList<CommandDescription> commands)
    {
        var names = string.Join(' ', commands.Select(command => command.Name));
        var script = new StringBuilder(
            $$"""
            # bash completion for offline-conversions
            _offline_conversions() {
              local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= word
              local -i at
              COMPREPLY=()
              for ((at = 1; at < COMP_CWORD; at++)); do
                word=${COMP_WORDS[at]}
                case $word in
                  {{names.Replace(' ', '|')}}) command=$word; break ;;
                esac
              done
              case $command in
                '')
                  COMPREPLY=($(compgen -W '{{names}} --help --version' -- "$current"))
                  ;;

            """
        );
        foreach (var command in commands)
        {
            script.Append(CultureInfo.InvariantCulture, $"    {command.Name})\n      case $previous in\n");
            foreach (var option in command.Options.Where(option => option.HasValue))
            {
                script.Append(
                    CultureInfo.InvariantCulture,
                    $"        {string.Join('|', option.Names)}) {Completing(option)}; return ;;\n"
                );
            }

            var options = string.Join(' ', command.Options.SelectMany(option => option.Names));
            script.Append(
                CultureInfo.InvariantCulture,
                $"""
                      esac
                      if [[ $current == -* ]]; then
                        COMPREPLY=($(compgen -W '{options}' -- "$current"))
                      else
                        {Arguments(command)}
                      fi
                      ;;

                """
            );
        }

        return script.Append("  esac\n}\ncomplete -F _offline_conversions offline-conversions\n").ToString();
    }

    private static string Completing(OptionDescription option) => Completing(option.Values, option.IsFile);

    private static string Arguments(CommandDescription command) =>
        Completing(
            [.. command.Arguments.SelectMany(argument => argument.Values)],
            command.Arguments.Any(argument => argument.IsFile)
        );

    private static string Completing(IReadOnlyList<string> values, bool isFile) =>
        isFile ? "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")"
        : values.Count > 0 ? $"COMPREPLY=($(compgen -W '{string.Join(' ', values)}' -- \"$current\"))"
        : "COMPREPLY=()";
}

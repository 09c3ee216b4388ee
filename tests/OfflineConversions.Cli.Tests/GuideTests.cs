using System.Runtime.CompilerServices;

namespace OfflineConversions.Cli.Tests;

/// <summary>docs/guides/command-line.md says what the code does.</summary>
public class GuideTests
{
    [Fact]
    public void The_guide_lists_every_command_in_the_order_of_the_help() =>
        Cells("commands").Select(cell => cell.Split(' ')[0]).Should().Equal(CommandList.All.Select(one => one.Name));

    [Fact]
    public void The_guide_lists_every_exit_code() =>
        Cells("exit-codes").Select(int.Parse).Should().Equal(Enum.GetValues<ExitCode>().Select(code => (int)code));

    [Fact]
    public void Every_option_says_what_it_does() =>
        CommandList
            .All.SelectMany(command => command.Options)
            .Should()
            .OnlyContain(option => option.Summary.Length > 0);

    private static IEnumerable<string> Cells(string table, [CallerFilePath] string file = "")
    {
        var root = Path.Combine(Path.GetDirectoryName(file)!, "..", "..");
        var page = File.ReadAllText(Path.Combine(root, "docs/guides/command-line.md")).ReplaceLineEndings("\n");
        return page.Split($"<!-- {table} -->\n")[1]
            .Split($"<!-- /{table} -->")[0]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(2)
            .Select(row => row.Split('`')[1]);
    }
}

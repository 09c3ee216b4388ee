using OfflineConversions.Sources.FlatFile;
using OfflineConversions.Tables;

namespace OfflineConversions.Tests.Sources.FlatFile;

/// <summary>The page about files lists the columns that the code recognises.</summary>
public class FlatFilePageTests
{
    [Fact]
    public void The_page_lists_every_column_with_its_spellings()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "reference", "sources", "file.md"));
        foreach (var row in EmbeddedTable.Rows("file-columns.txt").Select(row => row.Split(' ')))
        {
            page.Should()
                .Contain($"| `{row[1]}` | {string.Join(", ", row[2..].Select(spelling => $"`{spelling}`"))} |");
        }
    }

    [Fact]
    public void Every_column_has_a_row_in_the_table() =>
        FlatFileColumns.Names.Values.Should().BeEquivalentTo(Enum.GetValues<FlatFileColumn>());

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OfflineConversions.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}

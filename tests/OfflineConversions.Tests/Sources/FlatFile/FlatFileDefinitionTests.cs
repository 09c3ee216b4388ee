using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.FlatFile;

namespace OfflineConversions.Tests.Sources.FlatFile;

/// <summary>What the first rows of a file show, and settings that make no sense.</summary>
public class FlatFileDefinitionTests
{
    [Theory]
    [InlineData("03/04/2026", null, DateOrder.MonthFirst)]
    [InlineData("13/04/2026", DateOrder.DayFirst, DateOrder.DayFirst)]
    [InlineData("04/13/2026", DateOrder.MonthFirst, DateOrder.MonthFirst)]
    [InlineData("03.04.2026", DateOrder.DayFirst, DateOrder.DayFirst)]
    public void The_first_rows_show_the_order_of_dates(string date, DateOrder? found, DateOrder order)
    {
        var options = Options(new FlatFileOptions());
        using var rows = JsonTree.Parse($$"""[{"date":"03/04/2026"},{"date":"{{date}}"}]""");

        FlatFileDefinition.Instance.Complete(options, rows.Root);

        options.DateOrder.Should().Be(found);
        options.ReadingOrder.Should().Be(order);
    }

    [Theory]
    [InlineData("12,50", ",")]
    [InlineData("12.50", ".")]
    [InlineData("1.234,56", ",")]
    [InlineData("1.234", "Auto")]
    [InlineData("1.234.567", ",")]
    public void The_first_rows_show_the_decimal_separator(string amount, string separator)
    {
        var options = Options(new FlatFileOptions());
        using var rows = JsonTree.Parse($$"""[{"value":"{{amount}}"},{"value":"1.234"}]""");

        FlatFileDefinition.Instance.Complete(options, rows.Root);

        options.Of<FlatFileOptions>().DecimalSeparator.Should().Be(separator);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_reported_by_name()
    {
        var options = new FlatFileOptions
        {
            Encoding = "EBCDIC",
            Separator = "x",
            DecimalSeparator = "-",
            TimeZone = "Berlin",
            EventIdColumn = "-",
        };
        options.Columns["a"] = "nothing_like_it";

        FlatFileDefinition
            .Instance.Check(Options(options))
            .Select(problem => problem.Setting)
            .Should()
            .Equal("Encoding", "Separator", "DecimalSeparator", "TimeZone", "EventIdColumn", "Columns:a");
    }

    [Fact]
    public void A_header_has_the_name_that_an_import_would_find_in_it()
    {
        var options = new FlatFileOptions { EventIdColumn = "Bon" };
        options.Columns["Notiz"] = "";
        options.Columns["Laden"] = "custom_data.store";

        FlatFileDefinition
            .Instance.ColumnsOf(
                Options(options),
                [
                    "E-Mail",
                    "Betrag in €",
                    "Notiz",
                    "Laden",
                    "custom_data.till",
                    "Bon",
                    "Wetter",
                    "",
                    new string('x', 300),
                ]
            )
            .Should()
            .Equal("email", "value", "", "custom_data.store", "custom_data.till", "event_id", null, null, null);
        FlatFileDefinition.Instance.Columns.Should().StartWith("email").And.Contain("order_id");
    }

    private static MappingOptions Options(FlatFileOptions settings) =>
        new() { Source = FlatFileDefinition.Instance, SourceOptions = settings };
}

using System.Text;
using OfflineConversions.Server.Imports.Reading;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>Where the table of a file begins: exports often have a title above the header.</summary>
public class TableStartTests
{
    [Theory]
    [InlineData("Sales report for March\n")]
    [InlineData("Sales report for March;;;;\n\nExported: 31.03.2026 14:05;;;;\n;;;;\n")]
    [InlineData("Umsatz, Filiale Berlin, März 2026\n\n\n")]
    [InlineData("\"Filiale\";\"Müller, Söhne & Co\"\n\"Zeitraum\";\"1.3. bis 31.3.\"\n\n")]
    [InlineData("Datum;31.03.2026\nWährung;EUR\nFiliale;7\n\n")]
    [InlineData("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\n")]
    [InlineData("sep=ï\n")]
    [InlineData("sep=;\nSales report, all stores, March\n")]
    public async Task Rows_above_the_header_are_not_part_of_the_table(string title)
    {
        await using var import = await ImportUnderTest.StartAsync();
        var file =
            title + $"Bon-Nr;Datum;E-Mail;Betrag;Währung\n17;{ImportUnderTest.At()};jane@example.com;1.234,50;EUR\n";

        var response = await import.ImportAsync(file);

        (response.Rows, response.Accepted).Should().Be((1, 1));
        Encoding
            .UTF8.GetString(import.Service.Outbox.Entries.Single().Delivery.Payload.Span)
            .Should()
            .Contain("\"value\":1234.50")
            .And.Contain("\"order_id\":\"17\"");
    }

    [Fact]
    public async Task Rejected_rows_keep_their_numbers_in_the_file()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var file = $"Sales report\n\nExported,today\norder_id,event_time,email,value\n1,{ImportUnderTest.At()},,5\n";

        await import.ImportAsync(file, "connection=tills&id=titled");

        (await import.GetTextAsync("/api/imports/titled/rejected"))
            .Should()
            .Be("row,column,reason\r\n5,,insufficient_customer_information\r\n");
    }

    [Fact]
    public async Task A_sale_is_not_taken_for_a_header_where_the_header_is_unknown()
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync("Wann;Was;Wer\n2026;Ticket;jane@example.com\n2026;Bon;x@example.com\n");

        response.Rows.Should().Be(2);
    }

    [Fact]
    public void A_list_of_addresses_below_a_title_has_its_header() =>
        TableStart
            .Find("Newsletter, 2026\n\nemail\njane@example.com\n", null, header => header == "email")
            .HeaderRow.Should()
            .Be(3);

    [Theory]
    [InlineData("3;2026;\"jane@example.com;5")]
    [InlineData("3;2026;jane@example.com;5\n4;2026;x@example.com;\"5\n\n")]
    public async Task A_quotation_mark_that_is_never_closed_fails_a_small_file_too(string end)
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync($"order_id;event_time;email;value\n{end}");

        response.Status.Should().Be(System.Net.HttpStatusCode.BadRequest);
        response.Detail.Should().Contain($"Row {end.Split('\n').TakeWhile(row => row != "").Count() + 1} does not end");
    }

    [Fact]
    public async Task A_sign_for_inches_is_part_of_its_cell()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var at = ImportUnderTest.At();
        var file =
            $"order_id;event_time;email;value;product\n1;{at};a@example.com;5;Monitor 27\" black\n"
            + $"2;{at};b@example.com;5;\"Monitor 24\"\", \"\"new\"\"\"\n3;{at};c@example.com;5;TV 50\"\n"
            + $"4;{at}; \"d@example.com\" ;5;\"TV;60\"\n";

        var response = await import.ImportAsync(file);

        (response.Rows, response.Accepted).Should().Be((4, 4));
    }
}

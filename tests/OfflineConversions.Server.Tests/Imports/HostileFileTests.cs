using System.IO.Compression;
using System.Net;
using System.Text;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>Files that do harm elsewhere get a clear response here.</summary>
public class HostileFileTests
{
    [Fact]
    public async Task One_endless_line_ends_at_the_limit_of_a_row()
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync(new string('x', 3 * 1024 * 1024));

        response.Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        response.Detail.Should().Contain("Imports:MaxRowBytes");
    }

    [Fact]
    public async Task A_million_columns_are_refused()
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync(new string(',', 1_000_000) + "\n" + new string(',', 1_000_000));

        response.Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        response.Detail.Should().Contain("Imports:MaxColumns");
    }

    [Fact]
    public async Task A_quotation_mark_that_is_never_closed_fails_the_import_with_the_row()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var file = ImportUnderTest.Orders(2) + "3,\"" + string.Concat(Enumerable.Repeat("a,b,c,d\n", 3_000_000));

        var response = await import.ImportAsync(file);

        response.Status.Should().Be(HttpStatusCode.BadRequest);
        response.Detail.Should().Contain("Row 4 does not end");
        response.Body.GetProperty("import").GetProperty("state").GetString().Should().Be("failed");
    }

    [Fact]
    public async Task A_compression_bomb_is_refused_long_before_it_fills_the_limit()
    {
        await using var import = await ImportUnderTest.StartAsync();
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync("order_id,email\n"u8.ToArray());
            var rows = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1\n", 500_000)));
            for (var block = 0; block < 60; block++)
            {
                await gzip.WriteAsync(rows);
            }
        }

        var response = await import.ImportAsync(bomb.ToArray());

        response.Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        response.Detail.Should().Contain("expands");
    }

    [Theory]
    [InlineData("UEsDBBQABgAIAAAAIQ==", "workbook")]
    [InlineData("0M8R4KGxGuE=", "workbook")]
    [InlineData("JVBERi0xLjcK", "PDF")]
    [InlineData("UEFSMQAAAAA=", "Parquet")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJA==", "no text")]
    public async Task What_is_no_text_is_refused(string base64, string said)
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync(Convert.FromBase64String(base64));

        response.Status.Should().Be(HttpStatusCode.UnsupportedMediaType);
        response.Detail.Should().Contain(said);
    }

    [Fact]
    public async Task Rows_with_zero_bytes_or_broken_characters_are_rejected_and_their_neighbours_are_not()
    {
        await using var import = await ImportUnderTest.StartAsync();
        byte[] file =
        [
            .. Encoding.UTF8.GetBytes(ImportUnderTest.Orders(200, "é")),
            .. "x,\0,jane@example.com,5,EUR\n"u8,
            .. "y,"u8,
            0xC3,
            0x28,
            .. ",jane@example.com,5,EUR\n"u8,
        ];

        var response = await import.ImportAsync(file);

        (response.Accepted, response.Reason("invalid_text")).Should().Be((200, 2));
    }

    [Fact]
    public async Task A_formula_is_only_text()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var file = $"""
            order_id,event_time,email,value,currency
            "=HYPERLINK(""http://evil.example"")",{ImportUnderTest.At()},jane@example.com,=1+1,EUR
            """;

        var response = await import.ImportAsync(file);

        response.Reason("invalid_value").Should().Be(1);
    }

    [Theory]
    [InlineData("gzip", HttpStatusCode.BadRequest)]
    [InlineData("br", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_compression_that_is_not_there_or_not_known_is_refused(string encoding, HttpStatusCode status)
    {
        await using var import = await ImportUnderTest.StartAsync();

        (await import.ImportAsync("a\n1\n"u8.ToArray(), encoding: encoding)).Status.Should().Be(status);
    }

    [Fact]
    public async Task A_truncated_archive_keeps_its_complete_rows_and_fails()
    {
        await using var import = await ImportUnderTest.StartAsync();
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(ImportUnderTest.Orders(20_000)));
        }

        var response = await import.ImportAsync(compressed.ToArray()[..^1000]);

        response.Status.Should().Be(HttpStatusCode.BadRequest);
        response.Detail.Should().Contain("damaged or incomplete");
        response.Body.GetProperty("import").GetProperty("rows").GetInt64().Should().BePositive();
    }

    [Fact]
    public async Task A_file_beyond_the_limit_is_refused()
    {
        await using var import = await ImportUnderTest.StartAsync("\"Imports\": { \"MaxBytes\": 2000 },");

        var response = await import.ImportAsync(ImportUnderTest.Orders(100));

        response.Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        response.Detail.Should().Contain("Imports:MaxBytes");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("\uFEFF")]
    public async Task An_empty_file_is_refused(string file)
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync(file);

        response.Status.Should().Be(HttpStatusCode.BadRequest);
        response.Detail.Should().Contain("empty");
    }

    [Fact]
    public async Task A_table_for_a_source_without_tables_is_refused()
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync(ImportUnderTest.Orders(1), "connection=seg");

        response.Status.Should().Be(HttpStatusCode.UnsupportedMediaType);
    }
}

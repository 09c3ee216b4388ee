using System.Net;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Imports;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>The preview of a table shows what an import of it would send.</summary>
public class TablePreviewTests
{
    [Fact]
    public async Task A_table_below_a_title_is_read_as_an_import_reads_it()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var day = DateTimeOffset.UtcNow.AddDays(-1);
        var table =
            $"Kassenbericht\n\nBon;Datum;E-Mail;Betrag\n1;{day:dd.MM.yyyy};jane@example.com;1.234\n"
            + $"2;{day:dd.MM.yyyy};jane@example.com;5,50\n3;{day:dd.MM.yyyy};jane@example.com;6,50\n";

        var events = (await PreviewAsync(import, table, 2)).GetProperty("events");

        events.GetArrayLength().Should().Be(2);
        var first = events[0].GetProperty("deliveries")[0].GetProperty("event");
        first.GetProperty("custom_data").GetProperty("value").GetDouble().Should().Be(1234, "of the second amount");
        await import.ImportAsync(table);
        var sent = JsonElement.Parse(import.Service.Outbox.Entries[0].Delivery.Payload.Span);
        first.GetProperty("event_id").GetString().Should().Be(sent.GetProperty("event_id").GetString());
    }

    [Theory]
    [InlineData("tills", "a;b\n1;\"2\n", 5, "Row 2 does not end")]
    [InlineData("tills", "email,value\n1\n", 5, "Row 2 is not read: wrong_column_count")]
    [InlineData("tills", "", 5, "empty")]
    [InlineData("seg", "a;b\n1;2\n", 5, "no tables")]
    [InlineData("tills", "a;b\n1;2\n", 0, "1 to 1000")]
    public async Task What_cannot_be_read_is_refused_with_the_reason(
        string connection,
        string table,
        int rows,
        string why
    )
    {
        await using var import = await ImportUnderTest.StartAsync();

        var refusal = await PreviewAsync(import, table, rows, connection);

        refusal.GetProperty("status").GetInt32().Should().Be((int)HttpStatusCode.BadRequest);
        refusal.GetProperty("errors").GetRawText().Should().Contain(why);
    }

    private static async Task<JsonElement> PreviewAsync(
        ImportUnderTest import,
        string table,
        int rows,
        string connection = "tills"
    )
    {
        using var body = new StringContent(
            JsonSerializer.Serialize(
                new
                {
                    connection,
                    table,
                    rows,
                }
            ),
            Encoding.UTF8,
            "application/json"
        );
        using var response = await import.SendAsync(HttpMethod.Post, "/api/preview", body);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }
}

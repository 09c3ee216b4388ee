using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>The files of docs/examples import as the guide says.</summary>
public class ExampleFileTests
{
    private const string Settings = """
        "Admin": { "ApiKey": "operator-key-of-tests" },
        "Connections": {
          "tills": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "5", "DefaultCountry": "DE",
                     "File": { "TimeZone": "Europe/Berlin" } },
          "shop": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "5", "ActionSource": "website" },
          "warehouse": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "5",
                     "File": { "Columns": { "context_traits_email": "email", "context_traits_phone": "phone",
                       "context_ip": "client_ip_address", "id": "event_id", "event": "", "event_text": "",
                       "received_at": "" } } },
          "segment": { "Source": "Segment", "WriteKeys": ["segment-key"], "AccessToken": "t0ken",
                   "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] } }
        }
        """;

    [Fact]
    public async Task A_till_export()
    {
        await using var service = await StartAsync();

        var (response, events) = await ImportAsync(service, "till-export.csv", "tills");

        (response.Rows, response.Accepted, response.Rejected).Should().Be((4, 2, 1));
        response.Reason("insufficient_customer_information").Should().Be(1);
        var first = events[0].GetProperty("custom_data");
        first.GetProperty("value").GetRawText().Should().Be("1149.00");
        first.GetProperty("order_id").GetString().Should().Be("20417");
        first.GetProperty("contents").GetRawText().Should().Contain("\"4006399\"").And.Contain("1020.00");
        events[1].GetProperty("custom_data").GetProperty("value").GetRawText().Should().Be("39.90");
        events[0].GetProperty("user_data").GetProperty("ph").GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task Orders_of_Shopify()
    {
        await using var service = await StartAsync();

        var (response, events) = await ImportAsync(service, "shopify-orders.csv", "shop");

        (response.Rows, response.Accepted, response.Rejected).Should().Be((3, 2, 0));
        var first = events[0].GetProperty("custom_data");
        first.GetProperty("value").GetRawText().Should().Be("70.19");
        first.GetProperty("content_ids").GetRawText().Should().Be("""["TOTE-1","SOCK-7"]""");
        events[1].GetProperty("custom_data").GetProperty("order_id").GetString().Should().Be("#1002");
        events[0].GetProperty("user_data").TryGetProperty("zp", out _).Should().BeTrue();
    }

    [Fact]
    public async Task An_archive_of_Segment()
    {
        await using var service = await StartAsync();

        var (response, events) = await ImportAsync(service, "segment-archive.ndjson", "segment");

        (response.Rows, response.Accepted, response.Ignored).Should().Be((3, 2, 1));
        events.Select(one => one.GetProperty("event_id").GetString()).Should().Equal("ajs-1001", "ajs-1003");
    }

    [Fact]
    public async Task A_warehouse_table_of_RudderStack()
    {
        await using var service = await StartAsync();

        var (response, events) = await ImportAsync(service, "rudderstack-warehouse.csv", "warehouse");

        (response.Rows, response.Accepted).Should().Be((2, 2));
        events[0].GetProperty("event_id").GetString().Should().Be("m-7001");
        events[0].GetProperty("event_name").GetString().Should().Be("Purchase");
        events[0].GetProperty("custom_data").GetProperty("contents").GetArrayLength().Should().Be(2);
    }

    private static Task<ServiceUnderTest> StartAsync() => ServiceUnderTest.StartAsync(Settings);

    private static async Task<ImportedFile> ImportAsync(ServiceUnderTest service, string file, string connection)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(DocumentationPage.Root, "docs", "examples", file));
        using var content = new StringContent(Recent(text), Encoding.UTF8, "application/octet-stream");
        using var response = await service.SendAsync(
            $"/api/imports?connection={connection}",
            content,
            new("Bearer", ImportUnderTest.Key)
        );
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        var events = service.Outbox.Entries.Select(entry => JsonElement.Parse(entry.Delivery.Payload.Span)).ToArray();
        return new ImportedFile(new ImportResponse(response.StatusCode, body), events);
    }

    // The sales of the examples happened on two days. Meta's window moves on, and they with it.
    private static string Recent(string text)
    {
        var today = DateTimeOffset.UtcNow;
        foreach (var day in (int[])[27, 28])
        {
            var date = new DateOnly(2026, 11, day);
            var recent = DateOnly.FromDateTime(today.UtcDateTime).AddDays(day - 30);
            foreach (var form in (string[])["yyyy-MM-dd", "dd.MM.yyyy"])
            {
                text = text.Replace(
                    date.ToString(form, CultureInfo.InvariantCulture),
                    recent.ToString(form, CultureInfo.InvariantCulture),
                    StringComparison.Ordinal
                );
            }
        }

        return text;
    }

    private sealed record ImportedFile(ImportResponse Response, IReadOnlyList<JsonElement> Events);
}

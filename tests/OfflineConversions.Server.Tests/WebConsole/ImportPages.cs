using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OfflineConversions.Server.Tests.Imports;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>A service with imports, begun through the operator's routes.</summary>
public abstract class ImportPages : ConsoleService
{
    /// <summary>A till's export with a column that only a person recognises, and a sale without a customer.</summary>
    private protected static string TillExport =>
        $"""
            Bon;Wann;Kontakt;Kassiert
            1;{ImportUnderTest.At()};jane@example.com;12,50
            2;{ImportUnderTest.At(1)};"jöhn@example.com";7,00
            3;{ImportUnderTest.At(2)};;3,20

            """;

    /// <summary>The same with a header that the service recognises.</summary>
    private protected static string NamedTillExport =>
        TillExport.Replace("Bon;Wann;Kontakt;Kassiert", "Bon;Datum;E-Mail;Betrag", StringComparison.Ordinal);

    private protected async Task<string> ImportAsync(HttpContent file, string query)
    {
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var response = await Service.Http.PostAsync($"/api/imports?{query}", file);
        return await response.Content.ReadAsStringAsync();
    }

    private protected Task<string> ImportAsync(int orders, string query) =>
        ImportAsync(new StringContent(ImportUnderTest.Orders(orders)), query);

    private protected Task UntilImportAsync(string id, string state, long rows) =>
        Wait.UntilAsync(async () =>
        {
            using var response = await Service.Http.GetAsync($"/api/imports/{id}");
            var text = await response.Content.ReadAsStringAsync();
            return response.StatusCode == HttpStatusCode.OK
                && text.Contains($"\"state\":\"{state}\"", StringComparison.Ordinal)
                && System.Text.Json.JsonElement.Parse(text).GetProperty("rows").GetInt64() >= rows;
        });

    /// <summary>An import whose file stopped arriving after its first rows.</summary>
    private protected async Task InterruptAsync(string id, string file)
    {
        using var slow = new SlowFile(file, heldBack: 10);
        var importing = ImportAsync(slow, $"connection=tills&id={id}");
        await UntilImportAsync(id, "running", rows: 1);
        slow.Break();
        await FluentActions.Awaiting(() => importing).Should().ThrowAsync<HttpRequestException>();
        await UntilImportAsync(id, "interrupted", rows: 1);
    }

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

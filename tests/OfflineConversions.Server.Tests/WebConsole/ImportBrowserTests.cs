using System.Text;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using OfflineConversions.Server.Tests.Imports;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>Imports in a real browser.</summary>
public sealed class ImportBrowserTests : ImportPages
{
    private Uri Address => Service.Http.BaseAddress!;

    [BrowserFact]
    public async Task A_table_is_mapped_by_looking_at_its_first_rows_then_tried_then_imported()
    {
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await ChooseAsync(browser, "Kasse November.csv", Bytes(TillExport));
        (await page.GetByLabel("Name of the import").InputValueAsync()).Should().StartWith("Kasse-November-2");
        await Assertions.Expect(page.GetByText("separated by ; (utf-8)")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByLabel("What Bon becomes")).ToHaveValueAsync("order_id");
        await Assertions.Expect(page.GetByText("jane@example.com · jöhn@example.com")).ToBeVisibleAsync();
        await page.GetByLabel("What Wann becomes").SelectOptionAsync("event_time");
        await page.GetByLabel("What Kontakt becomes").SelectOptionAsync("email");
        await page.GetByLabel("What Kassiert becomes").SelectOptionAsync("value");
        await page.GetByText("Keep this mapping").ClickAsync();
        await Assertions.Expect(page.Locator("#keep code")).ToContainTextAsync("\"Kassiert\": \"value\"");

        await page.GetByRole(AriaRole.Button, new() { Name = "Dry run" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The dry run is completed.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#result")).ToContainTextAsync("insufficient_customer_information");
        (await Service.GetJsonAsync("/api/ledger")).GetArrayLength().Should().Be(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();

        await page.WaitForURLAsync("**/console/imports/Kasse-November-*");
        await Assertions.Expect(page.Locator(".funnel")).ToContainTextAsync("Rows3 Accepted2 Ignored0 Rejected1");
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = "Download the rejected rows" }).ClickAsync()
        );
        (await File.ReadAllTextAsync(await download.PathAsync()))
            .Should()
            .EndWith("4,,insufficient_customer_information\r\n");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserTheory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("windows-1252", false)]
    public async Task A_column_gets_its_name_in_any_encoding(string encoding, bool isMarked)
    {
        var text = CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        var table = TillExport.Replace("Kassiert", "\"Größe; \"\"brutto\"\"\"").Replace("Kontakt", "Käufer");
        byte[] file = [.. isMarked ? text.Preamble : [], .. text.GetBytes(table)];
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await ChooseAsync(browser, "till.csv", file);

        await page.GetByLabel("What Wann becomes").SelectOptionAsync("event_time");
        await page.GetByLabel("What Käufer becomes").SelectOptionAsync("email");
        await page.GetByLabel("What Größe; \"brutto\" becomes").SelectOptionAsync("value");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();

        await page.WaitForURLAsync("**/console/imports/till-*");
        await Assertions.Expect(page.Locator(".funnel")).ToContainTextAsync("Rows3 Accepted2 Ignored0 Rejected1");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task A_title_above_the_header_is_not_part_of_the_table()
    {
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        var title = "Kassenbericht, November\r\n\r\n\"Exportiert\";\"30.11.2026\"\r\n";
        await ChooseAsync(browser, "till.csv", Bytes(title + TillExport.Replace("Wann", "Datum")));

        await Assertions.Expect(page.GetByText("below 2 rows that are not part of it")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByLabel("What Datum becomes")).ToHaveValueAsync("event_time");
        await page.GetByLabel("What Kontakt becomes").SelectOptionAsync("email");
        await page.GetByLabel("What Kassiert becomes").SelectOptionAsync("value");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();

        await page.WaitForURLAsync("**/console/imports/till-*");
        await Assertions.Expect(page.Locator(".funnel")).ToContainTextAsync("Rows3 Accepted2 Ignored0 Rejected1");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task An_upload_that_breaks_goes_on_by_itself()
    {
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        var tries = 0;
        await page.RouteAsync("**/console/upload**", route =>
            tries++ == 0 ? route.AbortAsync("connectionreset") : route.ContinueAsync()
        );
        await ChooseAsync(browser, "orders.csv", Bytes(ImportUnderTest.Orders(3)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();

        await page.WaitForURLAsync("**/console/imports/orders-*");
        await Assertions.Expect(page.Locator(".funnel")).ToContainTextAsync("Rows3 Accepted3");
        tries.Should().Be(2);
    }

    [BrowserFact]
    public async Task An_interrupted_import_continues_with_the_same_file_and_not_with_another()
    {
        var file = ImportUnderTest.Orders(1500);
        await InterruptAsync("stopped", file);
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await ChooseAsync(browser, "other.csv", Bytes(ImportUnderTest.Orders(1500, "x")), "/console/imports/stopped");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Assertions.Expect(page.Locator("#sending-status")).ToContainTextAsync("has another file");

        await page.GetByLabel("File:").SetInputFilesAsync(Payload("orders.csv", Bytes(file)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();

        await Assertions.Expect(page.Locator("#summary").First).ToHaveAttributeAsync("data-state", "completed");
        await Assertions
            .Expect(page.Locator(".funnel").First)
            .ToContainTextAsync("Accepted1 500".Replace(' ', '\u202f'));
    }

    [BrowserFact]
    public async Task An_import_that_runs_is_watched_and_cancelled()
    {
        using var file = new SlowFile(ImportUnderTest.Orders(1500));
        var importing = ImportAsync(file, "connection=tills&id=slow");
        await UntilImportAsync("slow", "running", rows: 1);
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);
        await page.GotoAsync("/console/imports/slow");
        await Assertions.Expect(page.Locator("#summary")).ToContainTextAsync("The file arrives");

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the import" }).ClickAsync();

        await Assertions.Expect(page.Locator("#summary")).ToContainTextAsync("It was cancelled.");
        file.Finish();
        (await importing).Should().Contain("\"cancelled\"");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task The_page_follows_an_import_to_its_end()
    {
        using var file = new SlowFile(ImportUnderTest.Orders(1500));
        var importing = ImportAsync(file, "connection=tills&id=slow");
        await UntilImportAsync("slow", "running", rows: 1);
        await using var browser = await Browser.OpenAsync(Address);
        await browser.SignInAsync(OperatorKey);
        await browser.Page.GotoAsync("/console/imports/slow");
        await Assertions.Expect(browser.Page.Locator("#summary")).ToContainTextAsync("The file arrives");

        file.Finish();

        await Assertions.Expect(browser.Page.Locator("#summary")).ToContainTextAsync("Every row is on disk");
        await importing;
    }

    [BrowserTheory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_mapping_is_usable_for_everyone_at_every_width(int width)
    {
        await using var browser = await Browser.OpenAsync(Address, width);
        await ChooseAsync(browser, "till.csv", Bytes(TillExport));
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Dry run" }).ClickAsync();
        await Assertions.Expect(browser.Page.GetByText("The dry run is completed.")).ToBeVisibleAsync();

        var serious = (await browser.Page.RunAxe()).Violations.Where(one => one.Impact is "serious" or "critical");
        serious.Select(one => $"{one.Id}: {one.Nodes[0].Html}").Should().BeEmpty();
        (await browser.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"))
            .Should()
            .BeLessThanOrEqualTo(width);
        browser.Complaints.Should().BeEmpty();
    }

    private static async Task ChooseAsync(Browser browser, string name, byte[] file, string at = "/console/imports")
    {
        await browser.SignInAsync(OperatorKey);
        await browser.Page.GotoAsync(at);
        await browser.Page.GetByLabel("File:").SetInputFilesAsync(Payload(name, file));
        await Assertions.Expect(browser.Page.GetByText("A table with")).ToBeVisibleAsync();
    }

    internal static FilePayload Payload(string name, byte[] file) =>
        new()
        {
            Name = name,
            MimeType = "text/csv",
            Buffer = file,
        };
}

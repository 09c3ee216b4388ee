using Microsoft.Playwright;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>Every page in a real browser, with what was delivered to the sandbox and what it refused.</summary>
public sealed class DataBrowserTests : SandboxConsole
{
    private const string Seg = ".card:has(:is(h2, h3) a:text-is('seg'))";

    [BrowserFact]
    public async Task Every_page_shows_what_reached_the_sandbox_and_what_did_not()
    {
        await SellToTheSandboxAsync();
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);

        await SeeAsync(page, "Overview", "main > .tiles", "Received7", "Delivered4", "Dropped2", "Waiting now0");
        await SeeAsync(page, "Overview", Seg, "Received4", "Delivered2", "Failed 1");
        await SeeAsync(page, "Events", "[aria-label=Events]", "Order Compleeted", "event_not_mapped");
        await SeeAsync(page, "Dropped", "main .stack", "event_not_mapped 1 event", "Order Compleeted");
        await SeeAsync(page, "Dropped", "main .stack", "insufficient_customer_information 1 event");
        await SeeAsync(page, "Failed", "main", "Purchase without value", "Purchase m2", "\"event_id\": \"m2\"");
        await SeeAsync(page, "Imports", "main table >> nth=-1", "till-november", "completed");
        await SeeAsync(page, "Connections", "tr:has-text('seg')", "Segment", "ready");
        await SeeAsync(page, "Quality", Seg, "3 events", "em Email", "Meta’s own scores");
        await SeeAsync(page, "Playground", "textarea >> nth=0", "\"");
        await SeeAsync(page, "Health", "tr:has-text('seg')", "seg 3 2 0 1");

        await page.GotoAsync("/console/connections/seg");
        await Assertions.Expect(page.Locator("main > .tiles")).ToContainTextAsync("Delivered2");
        await Assertions.Expect(page.Locator("#settings ~ .table")).ToContainTextAsync("Segment:Events:0:Event");
        await page.GotoAsync("/console/imports/till-november");
        await Assertions.Expect(page.Locator("#summary")).ToContainTextAsync("Rows3 Accepted2");
        await page.GotoAsync("/console/events?q=order-of-m1");
        await Assertions.Expect(page.Locator(".timeline")).ToContainTextAsync("delivered: Purchase to dataset 2");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task A_sale_and_its_dataset_at_the_sandbox_are_those_of_its_page()
    {
        await SellAsync("m1");
        await UntilArrivedAsync("2", "m1");
        await using var browser = await Browser.OpenAsync(Address);
        await browser.SignInAsync(OperatorKey);

        await browser.Page.GotoAsync("/console/events?q=m1");

        await Assertions.Expect(browser.Page.Locator(".timeline li")).ToHaveCountAsync(2);
        await Assertions.Expect(browser.Page.Locator(".timeline li.good")).ToHaveCountAsync(2);
        await Assertions.Expect(browser.Page.Locator(".timeline")).ToContainTextAsync("dataset 2, 1 attempt");
    }

    private async Task SellToTheSandboxAsync()
    {
        await BreakAsync("""{ "eventId": "m2", "code": 100, "subcode": 2804009, "title": "Purchase without value" }""");
        await SellAsync("m1");
        await UntilArrivedAsync("2", "m1");
        await SellAsync("m2");
        await UntilFailedAsync(1);
        await SellAsync("m3");
        await SellAsync("m4", "Order Compleeted");
        await ImportAsync(new StringContent(NamedTillExport), "connection=tills&id=till-november");
        await UntilArrivedAsync("2", "m1", "m3");
        await Wait.UntilAsync(async () => (await ArrivedAsync("5")).Count == 2);
        await Service.GetJsonAsync("/api/quality"); // Meta's scores are there when a page asks
    }

    /// <summary>Opens a page by its link, and looks for texts in a part of it.</summary>
    private static async Task SeeAsync(IPage page, string name, string part, params string[] texts)
    {
        await page.GetByLabel("Pages").GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(name);
        foreach (var text in texts)
        {
            await Assertions.Expect(page.Locator(part)).ToContainTextAsync(text);
        }
    }
}

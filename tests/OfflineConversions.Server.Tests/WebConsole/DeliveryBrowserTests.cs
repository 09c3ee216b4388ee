using Microsoft.Playwright;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>What an operator does by clicking when sales do not reach Meta, and what the sandbox then has.</summary>
public sealed class DeliveryBrowserTests : SandboxConsole
{
    private const string Refused =
        """{ "dataset": "2", "code": 100, "subcode": 2804009, "title": "Purchase without value" }""";

    [BrowserFact]
    public async Task A_paused_connection_keeps_its_sales_until_it_is_resumed()
    {
        await using var browser = await OpenAsync("/console/connections/seg");
        var page = browser.Page;
        await ClickAsync(page, "Pause");
        await Assertions.Expect(page.GetByText("An operator paused it")).ToBeVisibleAsync();
        await SellAsync("m1");

        await page.GotoAsync("/console");
        var attention = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "An operator paused it" });
        await Assertions.Expect(attention).ToContainTextAsync("seg");
        (await ArrivedAsync("2")).Should().BeEmpty();
        await attention.GetByRole(AriaRole.Link, new() { Name = "Look at the connection" }).ClickAsync();
        await Assertions.Expect(page.GetByText("1 event,")).ToBeVisibleAsync();
        await ClickAsync(page, "Resume");

        await Assertions.Expect(page.GetByText("An operator paused it")).ToHaveCountAsync(0);
        await UntilArrivedAsync("2", "m1");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task A_token_that_Meta_rejects_is_seen_in_words_and_its_repair_is_proved_by_a_test()
    {
        await BreakAsync("""{ "deadToken": "t0ken" }""");
        await SellAsync("m1");
        await UntilStateAsync("seg", "halted");
        await using var browser = await OpenAsync("/console");
        var page = browser.Page;
        var attention = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "seg" });
        await Assertions.Expect(attention).ToContainTextAsync("The access token has expired, was revoked or is wrong");
        await attention.GetByRole(AriaRole.Link, new() { Name = "Look at the connection" }).ClickAsync();

        await Assertions.Expect(page.Locator("main > .card").First).ToContainTextAsync("halted");
        await Assertions
            .Expect(page.Locator("main > .card").First)
            .ToContainTextAsync("What to do: Generate a system user's token");
        await ClickAsync(page, "Test at Meta");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The access token has expired");
        await RepairAsync();
        await ClickAsync(page, "Test at Meta");
        await Assertions
            .Expect(page.GetByRole(AriaRole.Status))
            .ToContainTextAsync("The token may send to this dataset");
        await ClickAsync(page, "Try again now");

        await UntilArrivedAsync("2", "m1");
        await UntilStateAsync("seg", "active");
        await page.GotoAsync("/console");
        await Assertions.Expect(page.GetByText("Nothing needs attention now")).ToBeVisibleAsync();
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task The_waiting_sales_of_a_wrong_dataset_are_moved_to_the_right_one()
    {
        await BreakAsync("""{ "dataset": "2", "code": 100, "subcode": 33, "message": "Object does not exist" }""");
        await SellAsync("m1");
        await SellAsync("m2");
        await Wait.UntilAsync(async () =>
            (await StateOfAsync("seg")).GetProperty("haltedDatasets").EnumerateObject().Any()
        );
        await using var browser = await OpenAsync("/console/connections/seg");
        var page = browser.Page;
        var dataset = page.GetByRole(AriaRole.Region, new() { Name = "Datasets" }).Locator("tbody tr");
        await Assertions.Expect(dataset).ToContainTextAsync("halted");
        await dataset.GetByRole(AriaRole.Link, new() { Name = "Move…" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("2 events of seg wait for dataset 2");
        await page.GetByLabel("To dataset").FillAsync("22");
        await ClickAsync(page, "Move 2 events");

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("2 events were moved");
        await UntilArrivedAsync("22", "m1", "m2");
        (await ArrivedAsync("2")).Should().BeEmpty();
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task Failed_sales_are_replayed_to_another_dataset()
    {
        await BreakAsync(Refused);
        await SellAsync("m1");
        await UntilFailedAsync(1);
        await using var browser = await OpenAsync("/console/failed");
        var page = browser.Page;
        var cause = page.Locator("main section").First;
        await Assertions.Expect(cause).ToContainTextAsync("Purchase without value");
        await cause.GetByRole(AriaRole.Link, new() { Name = "Replay…" }).ClickAsync();
        await page.GetByLabel("To another dataset").FillAsync("22");
        await ClickAsync(page, "Replay 1 event");

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("1 event waits for delivery again");
        await UntilArrivedAsync("22", "m1");
        await UntilFailedAsync(0);
        (await ArrivedAsync("2")).Should().BeEmpty();
        browser.Complaints.Should().BeEmpty();
    }

    private async Task<Browser> OpenAsync(string path)
    {
        var browser = await Browser.OpenAsync(Address);
        await browser.SignInAsync(OperatorKey);
        await browser.Page.GotoAsync(path);
        return browser;
    }

    private static Task ClickAsync(IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    private async Task<System.Text.Json.JsonElement> StateOfAsync(string connection) =>
        (await Service.GetJsonAsync("/api/connections"))
            .EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == connection);

    private Task UntilStateAsync(string connection, string state) =>
        Wait.UntilAsync(async () => (await StateOfAsync(connection)).GetProperty("state").GetString() == state);
}

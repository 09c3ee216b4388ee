using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>The console in a real browser.</summary>
public sealed class BrowserTests : ConsoleService
{
    private static readonly string[] All =
    [
        .. Visitor.Pages,
        "/console/events?q=m1",
        "/console/events?q=unknown",
        "/console/failed/replay?connection=seg&reason=refused_by_meta",
        "/console/pending/redirect?connection=seg&datasetId=2",
        "/console/no-such-page",
    ];

    private Uri Address => Service.Http.BaseAddress!;

    [BrowserFact]
    public async Task No_page_has_a_serious_problem_for_people_with_a_disability_in_either_theme()
    {
        await SellWithFailuresAsync();
        foreach (var dark in new[] { false, true })
        {
            await using var browser = await Browser.OpenAsync(Address, dark: dark);
            await browser.Page.GotoAsync("/console");
            (await SeriousAsync(browser.Page, "signed out")).Should().BeEmpty();
            await browser.SignInAsync(OperatorKey);
            foreach (var page in All)
            {
                await browser.Page.GotoAsync(page);
                (await SeriousAsync(browser.Page, page)).Should().BeEmpty();
            }
        }
    }

    [BrowserFact]
    public async Task No_page_breaks_its_own_policy_or_scrolls_sideways_on_a_phone()
    {
        await SellWithFailuresAsync();
        await using var browser = await Browser.OpenAsync(Address, width: 390);
        await browser.SignInAsync(OperatorKey);
        foreach (var page in All)
        {
            await browser.Page.GotoAsync(page);
            var width = await browser.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            width.Should().BeLessThanOrEqualTo(390, page);
        }

        // A browser notes the status of the page that is not there; nothing else may be in its log.
        browser.Complaints.Where(text => !text.Contains("404", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [BrowserFact]
    public async Task A_refused_sale_is_found_by_its_order_number_and_replayed_by_clicking()
    {
        await SellWithFailuresAsync();
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);

        await page.GetByRole(AriaRole.Link, new() { Name = "Events", Exact = true }).ClickAsync();
        await page.GetByLabel("Find a sale").FillAsync("order-of-m1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Purchase without value")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Replay or discard it" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Replay…" }).First.ClickAsync();
        Graph.Otherwise = request => Targets.Meta.Scripted.Taken(request.Events.Count);
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay 2 events" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("2 events wait for delivery");
        await UntilFailedAsync(0);
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task A_replay_that_takes_long_shows_how_far_it_is()
    {
        await SellWithFailuresAsync();
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);
        await page.GotoAsync("/console/failed/replay?connection=seg&reason=refused_by_meta");
        var mayReplay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/console/failed/replay**", async route =>
        {
            await (route.Request.Method == "POST" ? mayReplay.Task : Task.CompletedTask);
            await route.ContinueAsync();
        });
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay 2 events" }).ClickAsync();

        await Assertions.Expect(page.GetByText("0 of 2 events.")).ToBeVisibleAsync();
        mayReplay.SetResult();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("2 events wait for delivery");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task Live_events_appear_as_they_arrive_and_times_are_the_readers()
    {
        await SellAsync("m1", "Order Compleeted");
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);
        await page.GotoAsync("/console/events");
        var time = page.Locator("main table time").Last;
        (await time.GetAttributeAsync("title")).Should().EndWith("UTC");
        (await time.TextContentAsync()).Should().NotContain("UTC");

        await page.GetByRole(AriaRole.Button, new() { Name = "Watch live" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Watching.")).ToBeVisibleAsync();
        await page.WaitForTimeoutAsync(300);
        await SellAsync("m2", "<b>Live</b>");

        await Assertions.Expect(page.Locator("#tail tbody tr")).ToContainTextAsync("<b>Live</b>");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task Every_page_works_with_the_keyboard_alone()
    {
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await page.GotoAsync("/console");
        await Assertions.Expect(page.GetByLabel("Operator’s key")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(OperatorKey);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/console");

        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter"); // skips to the content
        page.Url.Should().EndWith("#main");
    }

    private static async Task<IReadOnlyList<string>> SeriousAsync(IPage page, string name) =>
        [
            .. (await page.RunAxe())
                .Violations.Where(violation => violation.Impact is "serious" or "critical")
                .Select(violation => $"{name}: {violation.Id}: {violation.Nodes[0].Html}"),
        ];
}

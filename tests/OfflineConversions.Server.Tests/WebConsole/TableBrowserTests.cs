using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>Charts and sorted tables in a real browser. Both add to a table that is there anyway.</summary>
public sealed class TableBrowserTests : SandboxConsole
{
    [BrowserTheory]
    [InlineData(1280, false)]
    [InlineData(390, true)]
    public async Task A_chart_draws_the_numbers_of_its_table_and_leaves_reading_to_the_table(int width, bool dark)
    {
        await SellAsync("m1");
        await UntilArrivedAsync("2", "m1");
        await using var browser = await Browser.OpenAsync(Address, width, dark);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);
        foreach (var address in new[] { "/console", "/console/connections/seg", "/console/connections/seg?days=7" })
        {
            await page.GotoAsync(address);
            await Assertions.Expect(page.Locator(".plot canvas")).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator(".plot")).ToHaveAttributeAsync("aria-hidden", "true");
            (await InkAsync(page)).Should().BeGreaterThan(100, address);
            await page.GetByText("These numbers as a table").ClickAsync();
            var table = page.Locator(".chart details table");
            await Assertions.Expect(table.Locator("tbody tr")).ToHaveCountAsync(address.EndsWith('7') ? 7 : 24);
            await Assertions.Expect(table.Locator("tbody tr").First).ToContainTextAsync("1 1 1 0 0");
            var serious = (await page.RunAxe()).Violations.Where(one => one.Impact is "serious" or "critical");
            serious.Select(one => $"{one.Id}: {one.Nodes[0].Html}").Should().BeEmpty();
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(width);
        }

        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task A_chart_follows_the_theme_and_the_window()
    {
        await SellAsync("m1");
        await UntilArrivedAsync("2", "m1");
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);
        await Assertions.Expect(page.Locator(".plot canvas")).ToBeVisibleAsync();
        var light = await PictureAsync(page);

        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Wait.UntilAsync(async () => await PictureAsync(page) != light);
        await page.SetViewportSizeAsync(390, 800);
        await Wait.UntilAsync(() =>
            page.EvaluateAsync<bool>("document.querySelector('.plot canvas').clientWidth < 390")
        );
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(390);
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task A_table_is_sorted_by_a_click_and_by_the_keyboard_and_says_so()
    {
        await SellAsync("m1");
        await UntilArrivedAsync("2", "m1");
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);
        await page.GotoAsync("/console/connections");
        var name = page.GetByRole(AriaRole.Columnheader, new() { Name = "Name" });
        var delivered = page.GetByRole(AriaRole.Columnheader, new() { Name = "Last delivery" });
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("com");

        await delivered.ClickAsync();
        await Assertions.Expect(delivered).ToHaveAttributeAsync("aria-sort", "ascending");
        await Assertions.Expect(page.Locator("tbody tr").Last).ToContainTextAsync("seg");
        await delivered.ClickAsync();
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("seg");
        await name.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(name).ToHaveAttributeAsync("aria-sort", "descending");
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("tills");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task Numbers_of_thousands_are_sorted_as_numbers()
    {
        await ImportAsync(1500, "connection=tills&id=many");
        await SellAsync("m1");
        await UntilArrivedAsync("2", "m1");
        await using var browser = await Browser.OpenAsync(Address);
        await browser.SignInAsync(OperatorKey);
        await browser.Page.GotoAsync("/console/health");

        await browser.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Accepted" }).ClickAsync();

        await Assertions.Expect(browser.Page.Locator("tbody tr").First).ToContainTextAsync("seg");
        await browser.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Accepted" }).ClickAsync();
        await Assertions.Expect(browser.Page.Locator("tbody tr").First).ToContainTextAsync("tills");
    }

    private static Task<string> PictureAsync(IPage page) =>
        page.EvaluateAsync<string>("document.querySelector('.plot canvas')?.toDataURL() ?? ''");

    /// <summary>How many points of the chart are not empty.</summary>
    private static Task<int> InkAsync(IPage page) =>
        page.EvaluateAsync<int>(
            """
            () => {
              const canvas = document.querySelector('.plot canvas');
              const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              return data.filter((value, place) => place % 4 === 3 && value > 0).length;
            }
            """
        );
}

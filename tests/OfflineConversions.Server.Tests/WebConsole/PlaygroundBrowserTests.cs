using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>The playground in a real browser, for each source.</summary>
public sealed class PlaygroundBrowserTests : SandboxConsole
{
    [BrowserTheory]
    [InlineData("mp", "1", "Purchase", "user_identities.email")]
    [InlineData("seg", "2", "Purchase", "context.traits.email")]
    [InlineData("rud", "3", "AddToCart", "traits.email")]
    [InlineData("com", "4", "Purchase", "user.email")]
    [InlineData("tills", "5", "Purchase", "email")]
    public async Task A_sample_is_mapped_shows_Metas_JSON_with_its_origins_and_reaches_the_sandbox(
        string connection,
        string dataset,
        string eventName,
        string email
    )
    {
        await using var browser = await Browser.OpenAsync(Address);
        var page = browser.Page;
        await browser.SignInAsync(OperatorKey);
        await page.GetByRole(AriaRole.Link, new() { Name = "Playground" }).ClickAsync();
        await page.GetByLabel("Connection", new() { Exact = true }).SelectOptionAsync(connection);
        await page.GetByRole(AriaRole.Button, new() { Name = "Fill in a sample" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel($"Event for {connection}")).ToHaveValueAsync(new Regex("@"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Map" }).ClickAsync();

        var result = page.GetByLabel("Result");
        await Assertions
            .Expect(result.GetByRole(AriaRole.Heading, new() { Name = "Meta would get" }))
            .ToBeVisibleAsync();
        var origins = result.GetByRole(AriaRole.Region, new() { Name = "Where each field comes from" });
        await Assertions.Expect(RowOf(origins, "event_name")).ToContainTextAsync($"\"{eventName}\"");
        await Assertions.Expect(RowOf(origins, "user_data.em").Locator("td").Last).ToHaveTextAsync(email);
        await result.GetByText($"JSON for dataset {dataset}").ClickAsync();
        await Assertions.Expect(result.Locator("pre")).ToContainTextAsync($"\"event_name\": \"{eventName}\"");
        (await ArrivedAsync(dataset)).Should().BeEmpty("mapping sends nothing");

        await page.GetByRole(AriaRole.Button, new() { Name = "Send to the sandbox" }).ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sent to the sandbox" }))
            .ToBeVisibleAsync();
        await Wait.UntilAsync(async () => (await ArrivedAsync(dataset)).Count == 1);
        (await ArrivedAsync(dataset))[0]
            .GetProperty("event")
            .GetProperty("event_name")
            .GetString()
            .Should()
            .Be(eventName);
        browser.Complaints.Should().BeEmpty();
    }

    private static ILocator RowOf(ILocator origins, string field) =>
        origins
            .GetByRole(AriaRole.Row)
            .Filter(new() { Has = origins.Page.GetByRole(AriaRole.Rowheader, new() { Name = field, Exact = true }) });
}

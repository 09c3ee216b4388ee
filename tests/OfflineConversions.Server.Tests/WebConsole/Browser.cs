using Microsoft.Playwright;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>
/// A browser with one page. It notes what the policy of the page forbade, and what failed in its script.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _complaints = [];

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_playwright, _browser, Page) = (playwright, browser, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Violations of the policy and errors of the script so far.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public static async Task<Browser> OpenAsync(Uri address, int width = 1280, bool dark = false)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = BrowserFactAttribute.Executable, Args = ["--no-sandbox"] }
        );
        var page = await browser.NewPageAsync(
            new BrowserNewPageOptions
            {
                BaseURL = address.ToString(),
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                TimezoneId = "Europe/Berlin",
                Locale = "en-GB",
            }
        );
        page.SetDefaultTimeout(30_000);
        return new Browser(playwright, browser, page);
    }

    public async Task SignInAsync(string key)
    {
        await Page.GotoAsync("/console");
        await Page.GetByLabel("Operator’s key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.WaitForURLAsync("**/console");
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

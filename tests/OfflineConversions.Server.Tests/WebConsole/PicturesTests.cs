using Microsoft.Playwright;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>
/// The pictures of docs/guides/console.md, made anew with <c>CONSOLE_PICTURES=docs/images dotnet test --filter
/// PicturesTests</c>.
/// </summary>
public sealed class PicturesTests : ConsoleService
{
    private static readonly Dictionary<string, string> Pages = new(StringComparer.Ordinal)
    {
        ["overview"] = "/console",
        ["event"] = "/console/events?q=order-of-m1",
        ["events"] = "/console/events",
        ["dropped"] = "/console/dropped",
        ["failed"] = "/console/failed",
        ["replay"] = "/console/failed/replay?connection=seg&reason=refused_by_meta",
        ["connections"] = "/console/connections",
        ["connection"] = "/console/connections/seg",
        ["quality"] = "/console/quality",
        ["playground"] = "/console/playground?connection=seg",
        ["health"] = "/console/health",
    };

    [PicturesFact]
    public async Task Make_the_pictures()
    {
        await SellWithFailuresAsync();
        Graph.Otherwise = request => Targets.Meta.Scripted.Taken(request.Events.Count);
        for (var sale = 10; sale < 60; sale++)
        {
            await SellAsync($"m{sale}");
        }

        await Task.Delay(TimeSpan.FromSeconds(2)); // until they are delivered
        foreach (var (width, dark) in new[] { (1280, false), (1280, true), (390, false), (390, true) })
        {
            await using var browser = await Browser.OpenAsync(Service.Http.BaseAddress!, width, dark);
            await browser.SignInAsync(OperatorKey);
            foreach (var (name, address) in Pages)
            {
                await browser.Page.GotoAsync(address);
                if (name == "playground")
                {
                    await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Map" }).ClickAsync();
                    await browser.Page.GetByRole(AriaRole.Heading, new() { Name = "Meta would get" }).WaitForAsync();
                }

                var file = $"console-{name}-{width}{(dark ? "-dark" : string.Empty)}.png";
                await browser.Page.ScreenshotAsync(new() { Path = Path.Combine(PicturesFactAttribute.Folder!, file) });
            }
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PicturesFactAttribute : FactAttribute
    {
        public PicturesFactAttribute() =>
            Skip =
                Folder is null ? "CONSOLE_PICTURES names no folder for the pictures of the documentation."
                : BrowserFactAttribute.Executable is null ? "Chromium is not installed here."
                : null;

        public static string? Folder { get; } = Environment.GetEnvironmentVariable("CONSOLE_PICTURES");
    }
}

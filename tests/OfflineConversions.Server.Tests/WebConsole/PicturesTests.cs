using Microsoft.Playwright;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>
/// The pictures of docs/guides/console.md, made anew with <c>CONSOLE_PICTURES=docs/images dotnet test --filter
/// PicturesTests</c>.
/// </summary>
public sealed class PicturesTests : ImportPages
{
    private static readonly Dictionary<string, string> Pages = new(StringComparer.Ordinal)
    {
        ["overview"] = "/console",
        ["event"] = "/console/events?q=order-of-m1",
        ["events"] = "/console/events",
        ["dropped"] = "/console/dropped",
        ["failed"] = "/console/failed",
        ["replay"] = "/console/failed/replay?connection=seg&reason=refused_by_meta",
        ["imports"] = "/console/imports",
        ["import"] = "/console/imports/till-november",
        ["connections"] = "/console/connections",
        ["connection"] = "/console/connections/seg",
        ["quality"] = "/console/quality",
        ["playground"] = "/console/playground?connection=seg",
        ["health"] = "/console/health",
    };

    private const int Height = 800;

    [PicturesFact]
    public async Task Make_the_pictures()
    {
        await SellWithFailuresAsync();
        Graph.Otherwise = request => Targets.Meta.Scripted.Taken(request.Events.Count);
        for (var sale = 10; sale < 60; sale++)
        {
            await SellAsync($"m{sale}");
        }

        await ImportAsync(new StringContent(NamedTillExport), "connection=tills&id=till-november");
        await ImportAsync(1500, "connection=tills&id=archive-2026-q3&dryRun=true");
        await Task.Delay(TimeSpan.FromSeconds(2)); // until they are delivered
        foreach (var (width, dark) in new[] { (1280, false), (1280, true), (390, false), (390, true) })
        {
            await using var browser = await Browser.OpenAsync(Service.Http.BaseAddress!, width, dark);
            await browser.SignInAsync(OperatorKey);
            foreach (var (name, address) in Pages)
            {
                await browser.Page.GotoAsync(address);
                if (name == "imports")
                {
                    await browser
                        .Page.GetByLabel("File:")
                        .SetInputFilesAsync(ImportBrowserTests.Payload("till.csv", Bytes(TillExport)));
                    await browser.Page.GetByText("A table with").WaitForAsync();
                }
                else if (name == "playground")
                {
                    await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Map" }).ClickAsync();
                    await browser.Page.GetByRole(AriaRole.Heading, new() { Name = "Meta would get" }).WaitForAsync();
                }

                var file = $"console-{name}-{width}{(dark ? "-dark" : string.Empty)}.png";
                await browser.Page.ScreenshotAsync(
                    new()
                    {
                        Path = Path.Combine(PicturesFactAttribute.Folder!, file),
                        Clip = new Clip { Width = width, Height = Height },
                    }
                );
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

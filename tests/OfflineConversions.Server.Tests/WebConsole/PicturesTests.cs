using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>
/// The pictures of docs/guides/console.md, made with <c>CONSOLE_PICTURES=docs/images dotnet test --filter
/// PicturesTests</c>. They show a week of sales.
/// </summary>
public sealed class PicturesTests : SandboxConsole
{
    private const int Height = 800;

    private static readonly Dictionary<string, string> Pages = new(StringComparer.Ordinal)
    {
        ["overview"] = "/console",
        ["event"] = "/console/events?q=R-4711",
        ["events"] = "/console/events",
        ["dropped"] = "/console/dropped",
        ["failed"] = "/console/failed",
        ["replay"] = "/console/failed/replay?connection=stores&reason=refused_by_meta",
        ["imports"] = "/console/imports",
        ["import"] = "/console/imports/till-november",
        ["connections"] = "/console/connections",
        ["connection"] = "/console/connections/stores",
        ["halted"] = "/console/connections/marketplace",
        ["quality"] = "/console/quality",
        ["playground"] = "/console/playground?connection=stores",
        ["health"] = "/console/health",
    };

    private readonly LaterTime _time = new() { Ahead = TimeSpan.FromDays(-6) };
    private int _sales;

    private protected override TimeProvider Time => _time;

    private protected override string Connections =>
        $$"""
            "Connections": {
              {{Tills}},
              "stores": { "Source": "Segment", "WriteKeys": ["key-of-stores"], "AccessToken": "token-of-stores",
                "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "1061234567890" }] } },
              "loyalty-app": { "Source": "MParticle", "WriteKeys": ["key-of-app:secret"], "AccessToken": "token-of-app",
                "DatasetId": "1069876543210" },
              "marketplace": { "Source": "RudderStack", "WriteKeys": ["key-of-marketplace"],
                "AccessToken": "token-of-marketplace",
                "RudderStack": { "EventsToIds": [{ "From": "AddToCart", "To": "1065550001112" }] } },
              "outlet": { "Source": "CommandersAct", "WriteKeys": ["key-of-outlet"], "AccessToken": "token-of-outlet",
                "DatasetId": "1060009998887" }
            }
            """;

    [PicturesFact]
    public async Task Make_the_pictures()
    {
        await SellForAWeekAsync();
        foreach (var (width, dark) in new[] { (1280, false), (1280, true), (390, false), (390, true) })
        {
            await using var browser = await Browser.OpenAsync(Address, width, dark);
            await browser.SignInAsync(OperatorKey);
            foreach (var (name, address) in Pages)
            {
                await browser.Page.GotoAsync(address);
                await PrepareAsync(browser.Page, name);
                var file = $"console-{name}-{width}{(dark ? "-dark" : string.Empty)}.png";
                await browser.Page.ScreenshotAsync(
                    new()
                    {
                        Path = Path.Combine(PicturesFactAttribute.Folder!, file),
                        FullPage = PicturesFactAttribute.IsWhole,
                        Clip = PicturesFactAttribute.IsWhole ? null : new Clip { Width = width, Height = Height },
                    }
                );
            }
        }
    }

    private static async Task PrepareAsync(IPage page, string name)
    {
        if (name == "imports")
        {
            await page.GetByLabel("File:")
                .SetInputFilesAsync(ImportBrowserTests.Payload("till.csv", Bytes(TillExport)));
            await page.GetByText("A table with").WaitForAsync();
        }
        else if (name == "playground")
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Map" }).ClickAsync();
            await page.GetByRole(AriaRole.Heading, new() { Name = "Meta would get" }).WaitForAsync();
        }
    }

    private async Task SellForAWeekAsync()
    {
        for (var day = -6; day < 0; day++)
        {
            _time.Ahead = TimeSpan.FromDays(day);
            await SellAsync(20 + (day % 3 * 4));
        }

        for (var hour = -23; hour < 0; hour++)
        {
            _time.Ahead = TimeSpan.FromHours(hour);
            await SellAsync((int)(9 + (8 * Math.Sin((hour + 2) / 3.5))));
        }

        _time.Ahead = TimeSpan.Zero;
        await BreakAsync("""{ "eventId": "R-4711", "code": 100, "subcode": 2804009 }""");
        await BreakAsync("""{ "eventId": "R-4712", "code": 100, "subcode": 2804009 }""");
        await BreakAsync("""{ "deadToken": "token-of-marketplace" }""");
        await SellAtStoresAsync("R-4711", "Order Completed");
        await SellAtStoresAsync("R-4712", "Order Completed");
        await SellAtStoresAsync("R-4713", "Order Compleeted");
        await SellAsync(9);
        await ImportAsync(new StringContent(NamedTillExport), "connection=tills&id=till-november");
        await ImportAsync(1500, "connection=tills&id=archive-2026-q3&dryRun=true");
        await UntilFailedAsync(2);
        await Task.Delay(TimeSpan.FromSeconds(2)); // until the rest is delivered
        await Service.GetJsonAsync("/api/quality"); // Meta's scores are there when a page asks
    }

    private async Task SellAsync(int sales)
    {
        for (var sale = 0; sale < sales; sale++)
        {
            _sales++;
            await SellAtStoresAsync($"R-{_sales.ToString(CultureInfo.InvariantCulture)}", "Order Completed");
        }

        await PostAsync(SourceName.MParticle, "/v2/events", "key-of-app:secret");
        await PostAsync(SourceName.RudderStack, "/v1/track", "key-of-marketplace");
        await Wait.UntilAsync(async () =>
            (await Service.GetJsonAsync("/api/connections"))
                .EnumerateArray()
                .All(one =>
                    one.GetProperty("state").GetString() == "halted" || one.GetProperty("pending").GetInt64() == 0
                )
        );
    }

    private Task SellAtStoresAsync(string id, string name) =>
        PostAsync(SourceName.Segment, "/v1/track", "key-of-stores", sale =>
        {
            sale["event"] = name;
            sale["messageId"] = id;
            sale["properties"]!["order_id"] = id;
            var traits = sale["context"]!["traits"]!.AsObject();
            _ = _sales % 5 == 0 ? traits.Remove("email") : _sales % 3 == 0 && traits.Remove("phone");
        });

    private async Task PostAsync(string source, string path, string key, Action<JsonNode>? change = null)
    {
        var sale = JsonNode.Parse(ServiceUnderTest.Sample(VendorProtocols.All, source, path, _time.GetUtcNow()))!;
        change?.Invoke(sale);
        using var response = await Service.PostAsync(path, sale.ToJsonString(), key);
        response.IsSuccessStatusCode.Should().BeTrue();
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

        /// <summary>Whether whole pages are pictured, to look at, and not what fits a window.</summary>
        public static bool IsWhole { get; } = Environment.GetEnvironmentVariable("CONSOLE_PICTURES_WHOLE") == "true";
    }
}

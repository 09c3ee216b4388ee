using System.Security.Cryptography;

namespace OfflineConversions.Server.WebConsole;

/// <summary>The style sheets and scripts of the console, from the assembly. They need no sign-in.</summary>
internal static class ConsoleAssets
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private static readonly Dictionary<string, Asset> All = new[]
    {
        "console.css",
        "console.js",
        "sorting.js",
        "charts.js",
        "imports.js",
        "column-mapping.js",
        "table-file.js",
        "icon.svg",
        "uPlot.min.css",
        "uPlot.iife.min.js",
        "tablesort.min.js",
        "tablesort.number.min.js",
    }.ToDictionary(name => name, Asset.Read, StringComparer.Ordinal);

    /// <summary>The address of an asset; a new content has a new one, so that browsers may keep it.</summary>
    public static string Address(string name) => $"~{ConsolePaths.Root}/assets/{name}?v={All[name].Version}";

    public static void MapConsoleAssets(this IEndpointRouteBuilder app) =>
        app.MapGet($"{ConsolePaths.Root}/assets/{{name}}", Respond).ExcludeFromDescription();

    private static IResult Respond(string name, HttpContext context)
    {
        if (!All.TryGetValue(name, out var asset))
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl =
            context.Request.Query["v"] == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        return Results.Bytes(asset.Content, asset.Type);
    }

    private sealed record Asset(string Type, byte[] Content, string Version)
    {
        public static Asset Read(string name)
        {
            using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream($"WebConsole/{name}")!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new Asset(
                Types[Path.GetExtension(name)],
                content,
                Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6))
            );
        }
    }
}

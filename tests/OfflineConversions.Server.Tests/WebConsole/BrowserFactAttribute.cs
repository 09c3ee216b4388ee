namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>A test in a real browser; where there is none, it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Reason;

    /// <summary>The browser; null if there is none.</summary>
    public static string? Executable { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }, Path.Combine)
            .FirstOrDefault(File.Exists);

    /// <summary>Why nothing can be tried in a browser here; null if it can.</summary>
    public static string? Reason =>
        Executable is null
            ? "Chromium is not installed here (Debian: apt-get install chromium), so no page was tried in a browser."
            : null;
}

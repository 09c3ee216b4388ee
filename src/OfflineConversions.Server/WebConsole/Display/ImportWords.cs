using OfflineConversions.Server.Admin;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>The state of an import in words.</summary>
internal static class ImportWords
{
    /// <summary>The class of its tag.</summary>
    public static string Class(ImportReport import) =>
        import.State switch
        {
            "completed" => "good",
            "failed" => "bad",
            "running" => "",
            _ => "warn",
        };

    /// <summary>In a sentence.</summary>
    public static string Sentence(ImportReport import) =>
        (import.State, import.DryRun) switch
        {
            ("running", false) => "The file arrives, and its rows are queued.",
            ("running", true) => "The file is read. Nothing is queued.",
            ("completed", false) => "Every row is on disk. The same file again sends nothing twice.",
            ("completed", true) => "This is what an import would do. Nothing was queued.",
            ("interrupted", false) =>
                "The file stopped arriving. Send the same file again: it continues after the last row that is on disk.",
            ("interrupted", true) => "The file stopped arriving. Start the dry run again.",
            ("cancelled", false) => "It was cancelled. What was queued until then stays queued.",
            ("cancelled", true) => "It was cancelled.",
            (_, false) => "The file cannot be read beyond some row. What was queued until then stays queued.",
            _ => "The file cannot be read beyond some row.",
        };
}

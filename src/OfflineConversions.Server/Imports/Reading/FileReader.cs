using OfflineConversions.Server.Configuration;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Imports.Reading;

/// <summary>Opens a file: decompression, encoding, and then as a table or as lines of JSON.</summary>
internal static class FileReader
{
    private static readonly string[] JsonTypes =
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/json",
        "application/json-lines",
    ];

    /// <summary>Opens the file.</summary>
    /// <param name="body">The file as it arrives.</param>
    /// <param name="upload">What its sender says about it.</param>
    /// <param name="format">
    /// How the connection's tables are read; <see langword="null"/> if it cannot have any.
    /// </param>
    /// <param name="options">The limits.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read.</exception>
    public static IRowReader Open(Stream body, Upload upload, TableFormat? format, ImportOptions options)
    {
        var file = FileDecompression.Open(body, upload.ContentEncoding, options.MaxBytes);
        var text = FileText.Open(file, format?.Encoding, options.MaxRowBytes);
        if (IsJson(upload.ContentType, text))
        {
            return new JsonLines(text);
        }

        return format is { } table
            ? new TableRows(text, table, options.MaxColumns)
            : throw new UnreadableFileException(
                UnreadableFile.Unsupported,
                "The connection's source has no tables. Send one JSON object per line, as the source posts it, or "
                    + "use a connection whose Source is for files."
            );
    }

    // Command-line tools send types that say nothing, so the first character decides then.
    private static bool IsJson(string? contentType, FileText text)
    {
        var type = contentType?.Split(';')[0].Trim() ?? "";
        return JsonTypes.Contains(type, StringComparer.OrdinalIgnoreCase)
            || (
                !type.Equals("text/csv", StringComparison.OrdinalIgnoreCase)
                && text.PeekText().TrimStart() is ['{', ..] or ['[', ..]
            );
    }
}

/// <summary>What the sender of a file says about it.</summary>
/// <param name="ContentType">The header, which may be absent.</param>
/// <param name="ContentEncoding">The header, which may be absent.</param>
internal readonly record struct Upload(string? ContentType, string? ContentEncoding);

using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace OfflineConversions.Cli.Previewing;

/// <summary>
/// The first events of a file as a preview takes them: a JSON document as it is, the first lines of NDJSON as a list,
/// and the beginning of a table as text, because the service finds its header and its separator.
/// </summary>
/// <param name="Json">The events; null for a table.</param>
/// <param name="Table">The beginning of the table; null for JSON.</param>
internal sealed record PreviewBody(JsonElement? Json, string? Table)
{
    /// <summary>Much more than a few rows, and the most that the service takes by default.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>As text of JSON a table is longer, and the service takes no more than 4 MiB by default.</summary>
    private const int LongestTable = 512 * 1024;

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Reads the body.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rows">How many lines or rows.</param>
    /// <param name="separator">What separates the columns of a table; null if the service finds out.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<Result<PreviewBody>> ReadAsync(
        Stream file,
        int rows,
        char? separator,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var (bytes, isWhole) = await BeginningAsync(file, cancellationToken);
            if (bytes is [0x28, 0xB5, 0x2F, 0xFD, ..])
            {
                return Unreadable(
                    "The file is compressed with zstd. Unpack it, or see the whole file with `import --dry-run`."
                );
            }

            var text = Decode(bytes);
            return text.AsSpan().TrimStart() is ['{', ..] or ['[', ..]
                ? JsonIn(text, rows, isWhole)
                : TableIn(text, separator);
        }
        catch (InvalidDataException)
        {
            return Unreadable("The file cannot be read: it is damaged.");
        }
    }

    private static Failure Unreadable(string message) => new(ExitCode.Usage, message);

    private static async Task<(byte[] Bytes, bool IsWhole)> BeginningAsync(
        Stream file,
        CancellationToken cancellationToken
    )
    {
        var (bytes, isWhole) = await TakeAsync(file, cancellationToken);
        if (bytes is not [0x1F, 0x8B, ..])
        {
            return (bytes, isWhole);
        }

        await using var unpacked = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        return await TakeAsync(unpacked, cancellationToken);
    }

    // A file that ends in the middle of a compressed block still shows its first rows.
    private static async Task<(byte[] Bytes, bool IsWhole)> TakeAsync(
        Stream stream,
        CancellationToken cancellationToken
    )
    {
        var bytes = new byte[MostBytes];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return (bytes[..length], length < bytes.Length);
    }

    private static string Decode(byte[] bytes)
    {
        var fallback = IsUtf8(bytes) ? Encoding.UTF8 : Windows1252;
        using var reader = new StreamReader(new MemoryStream(bytes), fallback, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    // The last character may have been cut off.
    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
            if (status == System.Buffers.OperationStatus.InvalidData)
            {
                return false;
            }

            bytes = bytes[length..];
        }

        return true;
    }

    private static Result<PreviewBody> JsonIn(string text, int rows, bool isWhole)
    {
        if (isWhole && Parse(text) is { } whole)
        {
            return Of(
                whole.ValueKind == JsonValueKind.Array && whole.GetArrayLength() > rows
                    ? JsonSerializer.SerializeToElement(whole.EnumerateArray().Take(rows))
                    : whole
            );
        }

        List<JsonElement> events = [];
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Take(rows))
        {
            if (Parse(line) is not { } json)
            {
                return Unreadable($"Line {events.Count + 1} is not JSON.");
            }

            events.Add(json);
        }

        return Of(events is [var one] ? one : JsonSerializer.SerializeToElement(events));
    }

    private static PreviewBody Of(JsonElement json) => new(json, null);

    private static Result<PreviewBody> TableIn(string text, char? separator)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Unreadable("The file is empty.");
        }

        if (text.Length > LongestTable)
        {
            var end = text.LastIndexOf('\n', LongestTable - 1);
            text = end < 0 ? text[..LongestTable] : text[..end];
        }

        // The line by which spreadsheets name the separator.
        return new PreviewBody(null, separator is null ? text : $"sep={separator}\n{text}");
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

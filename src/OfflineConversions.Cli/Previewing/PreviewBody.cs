using System.IO.Compression;
using System.Text;
using System.Text.Json;
using nietras.SeparatedValues;

namespace OfflineConversions.Cli.Previewing;

/// <summary>
/// The first events of a file as the body of a preview: a JSON document as it is, the first lines of NDJSON as a list,
/// and the first rows of a table as the flat objects that a preview takes.
/// </summary>
internal static class PreviewBody
{
    /// <summary>Much more than a few rows, and the most that the service takes by default.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Reads the body.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rows">How many lines or rows.</param>
    /// <param name="separator">What separates the columns of a table; null to find out.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<Result<JsonElement>> ReadAsync(
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
                : TableIn(text, rows, separator, isWhole);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or NotSupportedException)
        {
            return Unreadable("The file cannot be read: it is damaged, or a quotation mark is missing.");
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

    private static Result<JsonElement> JsonIn(string text, int rows, bool isWhole)
    {
        if (isWhole && Parse(text) is { } whole)
        {
            return whole.ValueKind == JsonValueKind.Array && whole.GetArrayLength() > rows
                ? JsonSerializer.SerializeToElement(whole.EnumerateArray().Take(rows))
                : whole;
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

        return events is [var one] ? one : JsonSerializer.SerializeToElement(events);
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

    private static Result<JsonElement> TableIn(string text, int rows, char? separator, bool isWhole)
    {
        var sep = separator is { } given ? Sep.New(given) : (Sep?)null;
        using var reader = Sep.Reader(options =>
                options with
                {
                    Sep = sep,
                    HasHeader = false,
                    DisableColCountCheck = true,
                    Unescape = true,
                }
            )
            .FromText(text.TrimStart('\r', '\n'));
        string[]? header = null;
        List<Dictionary<string, string>> table = [];
        foreach (var row in reader)
        {
            var cells = new string[row.ColCount];
            for (var column = 0; column < cells.Length; column++)
            {
                cells[column] = row[column].ToString().Trim();
            }

            if (cells.All(string.IsNullOrEmpty))
            {
                continue;
            }

            if (header is null)
            {
                header = cells;
                continue;
            }

            table.Add(Row(header, cells));
            if (table.Count == rows)
            {
                break;
            }
        }

        return table.Count > 0 ? JsonSerializer.SerializeToElement(table)
            : isWhole ? Unreadable("The file has a header and no rows, or is empty.")
            : Unreadable("The first row of the file is too long.");
    }

    private static Dictionary<string, string> Row(string[] header, string[] cells)
    {
        var row = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, cell) in header.Zip(cells))
        {
            if (cell.Length > 0)
            {
                row[name] = cell;
            }
        }

        return row;
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Cli.Importing;

/// <summary>The file of an import: a path, or standard input.</summary>
/// <param name="Path">Its path; null for standard input.</param>
/// <param name="Length">Its length in bytes; null if that is unknown.</param>
/// <param name="Type">The media type of the request.</param>
internal sealed record ImportFile(string? Path, long? Length, string Type)
{
    /// <summary>
    /// The path that means standard input. A person writes <c>-</c>, which the parser of the command line takes for an
    /// option without a name; no path contains a zero.
    /// </summary>
    public const string StandardInput = "\0";

    private const int SampleBytes = 1024 * 1024;
    private const string Csv = "text/csv";
    private const string JsonLines = "application/x-ndjson";

    /// <summary>What shows that a type is unknown: the service then looks at the first character.</summary>
    private const string Unknown = "application/octet-stream";

    /// <summary>Whether the file can be sent a second time.</summary>
    public bool CanBeSentAgain => Path is not null;

    /// <summary>Finds the file.</summary>
    /// <param name="path">The argument.</param>
    /// <param name="type"><c>csv</c> or <c>ndjson</c>; null to go by the file's name.</param>
    public static Result<ImportFile> Find(string path, string? type)
    {
        var media = type switch
        {
            "csv" => Csv,
            "ndjson" => JsonLines,
            _ => TypeOf(path),
        };
        if (path == StandardInput)
        {
            return new ImportFile(null, null, media);
        }

        try
        {
            using var file = Open(path);
            return new ImportFile(path, file.CanSeek ? file.Length : null, media);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new Failure(ExitCode.Usage, $"The file {path} cannot be read.", unreadable.Message);
        }
    }

    /// <summary>Opens the file from its beginning.</summary>
    public Stream Open(Terminal terminal) => Path is null ? terminal.OpenInput() : Open(Path);

    /// <summary>
    /// An id for the import that is the same whenever this file is sent for this connection, so that an import
    /// continues without anyone noting an id. From the length and both ends only: reading ten gigabytes twice would
    /// take longer than it is worth, and the service compares every row anyway.
    /// </summary>
    public async Task<string> IdAsync(string connection, CancellationToken cancellationToken)
    {
        await using var file = Open(Path!);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{connection}\n{file.Length}\n"))
        );
        var sample = new byte[SampleBytes];
        var first = await file.ReadAtLeastAsync(sample, sample.Length, throwOnEndOfStream: false, cancellationToken);
        digest.AppendData(sample.AsSpan(0, first));
        if (file.Length > first)
        {
            file.Position = Math.Max(first, file.Length - SampleBytes);
            var last = await file.ReadAtLeastAsync(sample, sample.Length, throwOnEndOfStream: false, cancellationToken);
            digest.AppendData(sample.AsSpan(0, last));
        }

        return $"file-{Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 8))}";
    }

    private static FileStream Open(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            }
        );

    private static string TypeOf(string path)
    {
        var name = path.ToLowerInvariant();
        foreach (var compressed in (string[])[".gz", ".zst"])
        {
            name = name.EndsWith(compressed, StringComparison.Ordinal) ? name[..^compressed.Length] : name;
        }

        return System.IO.Path.GetExtension(name) switch
        {
            ".csv" or ".tsv" => Csv,
            ".ndjson" or ".jsonl" => JsonLines,
            _ => Unknown,
        };
    }
}

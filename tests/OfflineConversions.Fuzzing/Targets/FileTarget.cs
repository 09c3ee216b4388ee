using System.Text;
using System.Text.Json;
using OfflineConversions.Fuzzing.Mutation;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Imports.Reading;
using OfflineConversions.Sources.FlatFile;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>
/// A line with how the file is sent and read (connection, type, content encoding, encoding, separator, decimal
/// separator, time zone; <c>-</c> for none), then the file of an import. It is refused with a message, or each row is
/// counted once and in order, and what would be sent is JSON.
/// </summary>
internal sealed class FileTarget() : Target("files")
{
    private static readonly string[][] Choices =
    [
        ["table", "lines"],
        ["text/csv", "application/x-ndjson", "-"],
        ["-", "-", "-", "gzip", "zstd", "br"],
        ["Auto", "UTF-8", "UTF-16LE", "UTF-16BE", "Windows-1252"],
        ["Auto", ",", ";", "|", "Tab"],
        ["Auto", ".", ","],
        ["UTC", "Europe/Berlin", "America/New_York"],
    ];

    private static readonly ImportOptions Limits = new() { MaxBytes = 1024 * 1024, MaxRowBytes = 64 * 1024 };

    private readonly TimeProvider _time = FuzzingTime.Stopped();

    public override IEnumerable<byte[]> Seeds =>
        from file in Directory
            .EnumerateFiles(Path.Combine(Corpus.Tests, "..", "docs", "examples"))
            .Order(StringComparer.Ordinal)
        where Path.GetExtension(file) is ".csv" or ".ndjson"
        select Lines.Join(
            Path.GetExtension(file) == ".csv" ? "table text/csv - Auto Auto Auto UTC" : "lines - - Auto Auto Auto UTC",
            File.ReadAllBytes(file)
        );

    // Blocks of text and rows have their full size from the start, for each of four possible separators.
    public override long MostAllocated(int inputBytes) => (64L * 1024 * 1024) + (2000L * inputBytes);

    public override byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        var (line, rest) = Lines.Cut(input);
        return random.Next(6) switch
        {
            0 => Lines.Join(string.Join(' ', Choices.Select(choice => choice[random.Next(choice.Length)])), rest),
            1 => ByteMutation.Mutate(input, others, random),
            2 => Lines.Join(line, TextMutation(rest, random)),
            _ => Lines.Join(line, ByteMutation.Mutate(rest, others, random)),
        };
    }

    public override string? Run(byte[] input)
    {
        var (line, file) = Lines.Cut(input);
        var (connection, upload) = Read(line);
        var batch = new RowBatch(connection.Source is FlatFileDefinition);
        var (read, mapped, last) = (0L, 0L, 0L);
        Connection? settled = null;
        try
        {
            using var rows = FileReader.Open(
                new MemoryStream(file),
                upload,
                connection.Source.TableOf(connection.Options),
                Limits
            );
            while (rows.TryRead(out var row))
            {
                if (row.Number <= last || row.Problem is null == row.Json.IsEmpty)
                {
                    return "a row without a place or without content";
                }

                (last, read) = (row.Number, read + 1);
                batch.Add(row);
                if (batch.IsFull && Map(isLast: false) is { } problem)
                {
                    return problem;
                }
            }
        }
        catch (UnreadableFileException unreadable)
        {
            return unreadable.Message.Length is > 0 and < 300 ? null : "a refusal without a message";
        }

        return Map(isLast: true) ?? (mapped == read ? null : "a row that is not counted");

        string? Map(bool isLast)
        {
            settled ??= connection.Source is FlatFileDefinition ? TablePreview.Settle(connection, batch) : connection;
            var some = batch.Map(settled.Pipeline, _time.GetUtcNow(), isLast);
            mapped += some.Rows;
            foreach (var delivery in some.Results.SelectMany(result => result.Deliveries))
            {
                JsonDocument.Parse(delivery.Payload).Dispose();
            }

            return some.Results.Count + some.Unreadable.Count > 0 || some.Rows == 0 ? null : "rows without an outcome";
        }
    }

    public override void Dispose() { }

    /// <summary>What a line of the input says; anything unknown is the first choice.</summary>
    private static (Connection Connection, Upload Upload) Read(string line)
    {
        var words = line.Split(' ');
        var chosen = Choices
            .Select((choice, index) => index < words.Length && choice.Contains(words[index]) ? words[index] : choice[0])
            .ToArray();
        var isTable = chosen[0] == "table";
        var options = new ConnectionOptions
        {
            Source = isTable ? FlatFileDefinition.Instance : SegmentDefinition.Instance,
            DatasetId = "333",
            DefaultCurrency = "EUR",
        };
        if (options.SourceOptions is FlatFileOptions settings)
        {
            (settings.Encoding, settings.Separator, settings.DecimalSeparator) = (chosen[3], chosen[4], chosen[5]);
            settings.TimeZone = chosen[6];
            settings.Columns["Kassiert"] = "value";
            settings.Columns["Filiale"] = "custom_data.store";
        }

        return (
            new Connection(chosen[0], options),
            new Upload(chosen[1] == "-" ? null : chosen[1], chosen[2] == "-" ? null : chosen[2])
        );
    }

    // What tables break on: marks, separators and line breaks in odd places, and a row that is there again.
    private static byte[] TextMutation(byte[] file, Random random)
    {
        string[] pieces =
        [
            "\"",
            "\"\"",
            ";",
            ",",
            "\t",
            "|",
            "\r",
            "\n",
            "\r\n",
            "sep=;\n",
            "Total;;\n",
            "=",
            "'",
            "\0",
            "\uFEFF",
            "ä",
        ];
        var text = Encoding.Latin1.GetString(file);
        var at = random.Next(text.Length + 1);
        var end = Math.Min(text.Length, at + random.Next(40));
        var piece = random.Next(4) == 0 ? text[at..end] : pieces[random.Next(pieces.Length)];
        return Encoding.Latin1.GetBytes(text.Insert(random.Next(text.Length + 1), piece));
    }
}

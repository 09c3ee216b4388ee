using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using nietras.SeparatedValues;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Imports.Reading;

/// <summary>
/// Reads a table with separated columns (RFC 4180) as one JSON object per row, by the names of its header. A row with
/// another number of columns, or with bytes that are no text, is a problem of that row only.
/// </summary>
internal sealed class TableRows : IRowReader
{
    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // What a decoder writes for bytes that are no text, and what no text has.
    private static readonly SearchValues<char> NotText = SearchValues.Create("\0\uFFFD");

    private readonly FileText _text;
    private readonly CellQuotes _quotes;
    private readonly int _mostColumns;
    private readonly SepReader _reader;
    private readonly ArrayBufferWriter<byte> _json = new(4096);
    private readonly Utf8JsonWriter _writer;
    private JsonEncodedText[] _names = [];
    private long _number;

    public TableRows(FileText text, TableFormat format, int mostColumns)
    {
        (_text, _mostColumns) = (text, mostColumns);
        _writer = new Utf8JsonWriter(_json, Writing);
        var separator = TakeDeclaration() ?? format.Separator;
        var start = TableStart.Find(text.PeekText(), separator, format.IsColumn);
        _quotes = new CellQuotes(text, start.Separator);
        _reader = TableStart.Open(_quotes, start.Separator);
        ReadHeader(start.HeaderRow);
    }

    /// <inheritdoc/>
    public bool TryRead(out FileRow row)
    {
        while (MoveNext())
        {
            var current = _reader.Current;
            if (IsBlank(current))
            {
                continue;
            }

            var problem = ProblemOf(current);
            row = new FileRow
            {
                Number = _number,
                Digest = DigestOf(current),
                Json = problem is null ? Write(current) : default,
                Problem = problem,
            };
            return true;
        }

        row = default;
        return false;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
        _quotes.Dispose();
    }

    private char? TakeDeclaration()
    {
        var text = _text.PeekText();
        var end = text.IndexOfAny('\r', '\n');
        if (end < 0 || !SeparatorDetection.IsDeclaration(text[..end], out var separator))
        {
            return null;
        }

        _text.Skip(text[end..].StartsWith("\r\n", StringComparison.Ordinal) ? end + 2 : end + 1);
        return separator;
    }

    private void ReadHeader(long number)
    {
        while (MoveNext())
        {
            var header = _reader.Current;
            if (header.ColCount > _mostColumns)
            {
                throw new UnreadableFileException(
                    UnreadableFile.TooLarge,
                    $"The file has more than {_mostColumns} columns (Imports:MaxColumns)."
                );
            }

            if (_number >= number && !IsBlank(header))
            {
                _names = new JsonEncodedText[header.ColCount];
                for (var column = 0; column < _names.Length; column++)
                {
                    _names[column] = JsonEncodedText.Encode(header[column].Span.Trim(), Writing.Encoder);
                }

                return;
            }
        }

        throw new UnreadableFileException(UnreadableFile.Malformed, "The file is empty: it has no header.");
    }

    private bool MoveNext()
    {
        try
        {
            _number++;
            return _reader.MoveNext() && (IsUnended() ? throw Unended() : true);
        }
        catch (NotSupportedException)
        {
            throw Unended();
        }
    }

    // Only the last row of the text can have an odd number of marks, before its cells are looked at.
    private bool IsUnended() => _quotes.IsOpen && _reader.Current.Span.Count('"') % 2 == 1;

    private UnreadableFileException Unended() =>
        new(UnreadableFile.Malformed, $"Row {_number} does not end. A quotation mark is missing in it or before it.");

    private static bool IsBlank(SepReader.Row row)
    {
        for (var column = 0; column < row.ColCount; column++)
        {
            if (!row[column].Span.IsWhiteSpace())
            {
                return false;
            }
        }

        return true;
    }

    private string? ProblemOf(SepReader.Row row)
    {
        if (row.ColCount < _names.Length)
        {
            return Reason.WrongColumnCount;
        }

        for (var column = 0; column < row.ColCount; column++)
        {
            var cell = row[column].Span;
            if (column >= _names.Length && !cell.IsWhiteSpace())
            {
                return Reason.WrongColumnCount;
            }

            if (cell.ContainsAny(NotText))
            {
                return Reason.InvalidText;
            }
        }

        return null;
    }

    private static UInt128 DigestOf(SepReader.Row row) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes(row.Span), row.ColCount);

    private ReadOnlySpan<byte> Write(SepReader.Row row)
    {
        _json.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        for (var column = 0; column < _names.Length; column++)
        {
            var cell = row[column].Span.Trim();
            if (!cell.IsEmpty)
            {
                _writer.WriteString(_names[column], cell);
            }
        }

        _writer.WriteEndObject();
        _writer.Flush();
        return _json.WrittenSpan;
    }
}

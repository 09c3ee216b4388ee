namespace OfflineConversions.Server.Imports.Reading;

/// <summary>
/// The text of a table in which quotation marks are only those around cells. One inside a cell that does not begin with
/// one is a sign for inches (<c>Monitor 27"</c>), and becomes the sign that Unicode has for it: a reader of tables
/// would take it for the beginning of a cell that goes on over the next rows.
/// </summary>
internal sealed class CellQuotes(TextReader text, char separator) : TextReader
{
    private const char DoublePrime = '\u2033';

    private bool _isOpen;
    private bool _isAtStart = true;
    private bool _isAfterQuote;

    /// <summary>Whether the text so far ends inside quotation marks.</summary>
    public bool IsOpen => _isOpen;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        var read = text.Read(buffer);
        Look(buffer[..read]);
        return read;
    }

    public override int ReadBlock(Span<char> buffer)
    {
        var total = 0;
        while (total < buffer.Length && Read(buffer[total..]) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            text.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Look(Span<char> block)
    {
        while (!block.IsEmpty)
        {
            var mark = block.IndexOf('"');
            Pass(mark < 0 ? block : block[..mark]);
            if (mark < 0)
            {
                return;
            }

            if (_isOpen || _isAtStart || _isAfterQuote)
            {
                _isAfterQuote = _isOpen;
                _isOpen = !_isOpen;
                _isAtStart = false;
            }
            else
            {
                block[mark] = DoublePrime;
            }

            block = block[(mark + 1)..];
        }
    }

    // Text without a mark: does a cell begin at its end?
    private void Pass(ReadOnlySpan<char> plain)
    {
        if (plain.IsEmpty || _isOpen)
        {
            return;
        }

        var last = plain.TrimEnd(' ');
        _isAfterQuote = false;
        _isAtStart = last.IsEmpty ? _isAtStart : last[^1] is '\n' or '\r' || last[^1] == separator;
    }
}

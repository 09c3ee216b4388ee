using System.Buffers;
using System.Text;

namespace OfflineConversions.Server.Imports.Reading;

/// <summary>
/// The text of a file in whatever encoding. Without a setting and a byte order mark, it is ASCII until the first other
/// byte shows whether it is UTF-8 or Windows-1252. Also limits how long a line may be, so that no line fills the
/// memory. </summary>
internal sealed class FileText : TextReader
{
    private const int BlockBytes = 64 * 1024;
    private const int LongestCharacter = 4;
    private const byte FirstBeyondAscii = 0x80;

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private readonly Stream _stream;
    private readonly int _longestLine;
    private readonly byte[] _bytes = new byte[BlockBytes + LongestCharacter];
    private readonly char[] _text = new char[BlockBytes + (2 * LongestCharacter)];
    private Decoder? _decoder;
    private int _at;
    private int _count;
    private long _line;
    private bool _isEnd;

    private FileText(Stream stream, Encoding? encoding, int longestLine)
    {
        (_stream, _longestLine) = (stream, longestLine);
        _decoder = encoding?.GetDecoder();
    }

    /// <summary>Opens the text.</summary>
    /// <param name="stream">The decompressed file.</param>
    /// <param name="encoding">The name of the encoding; <see langword="null"/> to detect it.</param>
    /// <param name="longestLine">The most characters of a line.</param>
    /// <exception cref="UnreadableFileException">It is no text.</exception>
    public static FileText Open(Stream stream, string? encoding, int longestLine)
    {
        var peeked = new PeekedStream(stream, BlockBytes);
        var first = peeked.Peek();
        if (FileSignature.Refuse(first) is { } refusal)
        {
            throw new UnreadableFileException(UnreadableFile.Unsupported, refusal);
        }

        var found = encoding switch
        {
            "UTF-8" => Encoding.UTF8,
            "UTF-16LE" => Encoding.Unicode,
            "UTF-16BE" => Encoding.BigEndianUnicode,
            "Windows-1252" => Windows1252,
            _ => FileSignature.EncodingOf(first),
        };
        if (found is not UnicodeEncoding && FileSignature.IsBinary(first))
        {
            throw new UnreadableFileException(
                UnreadableFile.Unsupported,
                "The file is no text. Export it as CSV or as one JSON object per line."
            );
        }

        var marked = FileSignature.EncodingOf(first);
        var text = new FileText(peeked, marked ?? found, longestLine);
        peeked.ReadExactly(stackalloc byte[FileSignature.MarkBytes(first)]);
        return text;
    }

    /// <summary>The text that comes next, without taking it.</summary>
    public ReadOnlySpan<char> PeekText()
    {
        if (_at == _count)
        {
            Fill();
        }

        return _text.AsSpan(_at, _count - _at);
    }

    /// <summary>Takes characters that <see cref="PeekText"/> has shown.</summary>
    public void Skip(int characters) => _at += characters;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        if (_at == _count)
        {
            Fill();
        }

        var taken = Math.Min(buffer.Length, _count - _at);
        _text.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
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

    public override int Read()
    {
        Span<char> one = stackalloc char[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        (_at, _count) = (0, 0);
        while (_count == 0 && !_isEnd)
        {
            var read = ReadBytes();
            _isEnd = read == 0;
            _count = Decode(_bytes.AsSpan(0, read));
        }

        CheckLines(_text.AsSpan(0, _count));
    }

    // A character that the end of the block cuts in two would not show which encoding it is in.
    private int ReadBytes()
    {
        var read = _stream.Read(_bytes, 0, BlockBytes);
        return _decoder is null && read > 0 && _bytes[read - 1] >= FirstBeyondAscii
            ? read + _stream.ReadAtLeast(_bytes.AsSpan(read), LongestCharacter - 1, throwOnEndOfStream: false)
            : read;
    }

    private int Decode(ReadOnlySpan<byte> block)
    {
        if (_decoder is null)
        {
            if (Ascii.IsValid(block))
            {
                return Encoding.ASCII.GetChars(block, _text);
            }

            _decoder = (IsUtf8(block) ? Encoding.UTF8 : Windows1252).GetDecoder();
        }

        return _decoder.GetChars(block, _text, flush: _isEnd);
    }

    // By most of the characters beyond ASCII: one that is damaged, or cut off by the end of the block, proves nothing.
    private static bool IsUtf8(ReadOnlySpan<byte> block)
    {
        var balance = 0;
        while (!block.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(block, out _, out var length);
            balance +=
                status == OperationStatus.InvalidData ? -1
                : status == OperationStatus.Done && length > 1 ? 1
                : 0;
            block = block[length..];
        }

        return balance > 0;
    }

    private void CheckLines(ReadOnlySpan<char> text)
    {
        var last = text.LastIndexOfAny('\n', '\r');
        _line = last < 0 ? _line + text.Length : text.Length - last - 1;
        if (_line > _longestLine)
        {
            throw new UnreadableFileException(
                UnreadableFile.TooLarge,
                $"A line is longer than {_longestLine} characters (Imports:MaxRowBytes)."
            );
        }
    }
}

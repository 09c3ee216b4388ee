using System.Buffers;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Server.Imports.Reading;

/// <summary>Reads one JSON value per line. A line that is none is a problem of that line only.</summary>
internal sealed class JsonLines(FileText text) : IRowReader
{
    private readonly ArrayBufferWriter<char> _line = new(4096);
    private readonly ArrayBufferWriter<byte> _json = new(4096);
    private long _number;

    /// <inheritdoc/>
    public bool TryRead(out FileRow row)
    {
        while (TryReadLine())
        {
            _number++;
            var line = _line.WrittenSpan.Trim();
            if (line.IsEmpty)
            {
                continue;
            }

            _json.ResetWrittenCount();
            Encoding.UTF8.GetBytes(line, _json);
            var isJson = IsJson(_json.WrittenMemory);
            row = new FileRow
            {
                Number = _number,
                Digest = XxHash128.HashToUInt128(_json.WrittenSpan),
                Json = isJson ? _json.WrittenSpan : default,
                Problem = isJson ? null : Reason.MalformedJson,
            };
            return true;
        }

        row = default;
        return false;
    }

    public void Dispose() => text.Dispose();

    private bool TryReadLine()
    {
        _line.ResetWrittenCount();
        var isAny = false;
        while (text.PeekText() is { IsEmpty: false } next)
        {
            isAny = true;
            var end = next.IndexOf('\n');
            var taken = end < 0 ? next.Length : end + 1;
            _line.Write(next[..taken]);
            text.Skip(taken);
            if (end >= 0)
            {
                break;
            }
        }

        return isAny;
    }

    private static bool IsJson(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var tree = JsonTree.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

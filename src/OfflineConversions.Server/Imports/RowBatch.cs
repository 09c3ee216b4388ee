using System.IO.Hashing;
using System.Runtime.InteropServices;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Server.Imports.Reading;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Imports;

/// <summary>
/// Rows that are mapped and committed together. Rows of a table are mapped as one list, so that the rows of one order
/// meet; the last order of a batch waits for the next one, because it may go on there.
/// </summary>
internal sealed class RowBatch(bool isTable)
{
    /// <summary>How many new rows make a batch.</summary>
    public const int MostRows = 1000;
    private const int MostBytes = 1024 * 1024;

    /// <summary>An order of so many rows is complete, whatever follows.</summary>
    private const int LongestOrder = 1000;

    private readonly List<BatchRow> _rows = new(MostRows);

    // The rows as the text of a list, each with a comma after it. Two texts in turn, because what waits for the next
    // batch moves from one to the other.
    private byte[] _json = new byte[256 * 1024];
    private byte[] _spare = new byte[256 * 1024];
    private int _length = 1;
    private int _fresh;
    private int _freshBytes;

    /// <summary>Whether it should be mapped before more rows are added.</summary>
    public bool IsFull => _fresh >= MostRows || _freshBytes >= MostBytes;

    /// <summary>The digest of all rows of the file so far.</summary>
    public UInt128 Digest { get; private set; }

    /// <summary>Notes a row of which only the digest counts, because it is committed already.</summary>
    public void Pass(in FileRow row) => Digest = Chain(Digest, row.Digest);

    /// <summary>Adds a row.</summary>
    public void Add(in FileRow row)
    {
        Digest = Chain(Digest, row.Digest);
        var start = _length;
        if (row.Problem is null)
        {
            Append(row.Json);
        }

        _rows.Add(new BatchRow(row.Number, Digest, start, _length - start, row.Problem));
        _fresh++;
        _freshBytes += row.Json.Length;
    }

    /// <summary>Drops the rows up to a number: they are committed already.</summary>
    public void DropThrough(long number) => Keep(_rows.FindIndex(row => row.Number > number));

    /// <summary>The rows as a list of objects, until more are added.</summary>
    public JsonTree ParseRows()
    {
        _json[0] = (byte)'[';
        if (_length == 1)
        {
            _json[1] = (byte)']';
            return JsonTree.Parse(_json.AsMemory(0, 2));
        }

        // In the place of the last comma.
        _json[_length - 1] = (byte)']';
        return JsonTree.Parse(_json.AsMemory(0, _length));
    }

    /// <summary>Maps the rows and takes out those whose events are complete.</summary>
    /// <param name="pipeline">The mapping.</param>
    /// <param name="at">When the rows are received.</param>
    /// <param name="isLast">Whether no row follows.</param>
    public MappedRows Map(ConversionPipeline pipeline, DateTimeOffset at, bool isLast)
    {
        var mapped = new MappedRows();
        var kept = _rows.Count;
        if (isTable)
        {
            kept = MapTable(mapped, pipeline, at, isLast);
        }
        else
        {
            foreach (var row in _rows)
            {
                MapLine(mapped, row, pipeline, at);
            }
        }

        foreach (var row in CollectionsMarshal.AsSpan(_rows)[..kept])
        {
            if (row.Problem is { } problem)
            {
                mapped.Unreadable.Add(new RejectedLine(row.Number, problem));
            }
        }

        (mapped.Rows, mapped.Position, mapped.Digest) =
            kept == 0 ? default : (kept, _rows[kept - 1].Number, _rows[kept - 1].Digest);
        Keep(kept == _rows.Count ? -1 : kept);
        return mapped;
    }

    private int MapTable(MappedRows mapped, ConversionPipeline pipeline, DateTimeOffset at, bool isLast)
    {
        using var tree = ParseRows();
        var results = pipeline.Map(tree.Root, new Receipt(at));
        int[] readable = [.. _rows.Index().Where(row => row.Item.Problem is null).Select(row => row.Index)];
        var next = 0;
        for (var index = 0; index < results.Count; index++)
        {
            var result = results[index];
            if (index == results.Count - 1 && !isLast && result.Rows < LongestOrder)
            {
                return readable[next];
            }

            mapped.Add(result, _rows[readable[next]].Number);
            next += result.Rows;
        }

        return _rows.Count;
    }

    private void MapLine(MappedRows mapped, BatchRow row, ConversionPipeline pipeline, DateTimeOffset at)
    {
        if (row.Problem is not null)
        {
            return;
        }

        using var tree = JsonTree.Parse(_json.AsMemory(row.Start, row.Length - 1));
        if (pipeline.Refuse(tree.Root) is not null)
        {
            mapped.Unreadable.Add(new RejectedLine(row.Number, Reason.MalformedJson));
            return;
        }

        foreach (var result in pipeline.Map(tree.Root, new Receipt(at)))
        {
            mapped.Add(result, row.Number);
        }
    }

    /// <summary>Keeps the rows from an index on; -1 keeps none.</summary>
    private void Keep(int first)
    {
        BatchRow[] kept = first < 0 ? [] : [.. _rows[first..]];
        (_json, _spare) = (_spare, _json);
        (_length, _fresh, _freshBytes) = (1, 0, 0);
        _rows.Clear();
        foreach (var row in kept)
        {
            var start = _length;
            if (row.Problem is null)
            {
                Append(_spare.AsSpan(row.Start, row.Length - 1));
            }

            _rows.Add(row with { Start = start });
        }
    }

    private void Append(ReadOnlySpan<byte> json)
    {
        if (_json.Length - _length <= json.Length + 1)
        {
            Array.Resize(ref _json, Math.Max(2 * _json.Length, _length + json.Length + 2));
        }

        json.CopyTo(_json.AsSpan(_length));
        _length += json.Length;
        _json[_length++] = (byte)',';
    }

    private static UInt128 Chain(UInt128 before, UInt128 row)
    {
        ReadOnlySpan<UInt128> both = [before, row];
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(both));
    }

    private readonly record struct BatchRow(long Number, UInt128 Digest, int Start, int Length, string? Problem);
}

/// <summary>Rows of a batch after mapping.</summary>
internal sealed class MappedRows
{
    /// <summary>The result of each event.</summary>
    public List<EventResult> Results { get; } = new(RowBatch.MostRows);

    /// <summary>The first row of each event.</summary>
    public List<long> RowNumbers { get; } = new(RowBatch.MostRows);

    /// <summary>The rows that are no events.</summary>
    public List<RejectedLine> Unreadable { get; } = [];

    /// <summary>How many rows these are.</summary>
    public long Rows { get; set; }

    /// <summary>The number of the last of them.</summary>
    public long Position { get; set; }

    /// <summary>The digest of the file up to there.</summary>
    public UInt128 Digest { get; set; }

    public void Add(EventResult result, long row)
    {
        Results.Add(result);
        RowNumbers.Add(row);
    }
}

/// <summary>A row that is no event.</summary>
internal readonly record struct RejectedLine(long Row, string Reason);

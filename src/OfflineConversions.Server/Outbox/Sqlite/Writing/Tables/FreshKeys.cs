using System.Buffers;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>What the keys of a row of <c>taken_keys</c> are. Stored; a value never changes its meaning.</summary>
internal enum KeyRowKind
{
    /// <summary>Taken, for every connection. Earlier versions wrote such rows.</summary>
    OfEveryConnection = 1,

    /// <summary>Taken, each for the connection or group that it was made for.</summary>
    Taken = 2,

    /// <summary>Released before their end.</summary>
    Released = 3,
}

/// <summary>Keys of one kind that a transaction adds, collected to one row per end.</summary>
internal sealed class FreshKeys(KeyRowKind kind)
{
    private readonly Dictionary<long, ArrayBufferWriter<byte>> _byEnd = [];

    /// <summary>Adds a key with its end in Unix milliseconds.</summary>
    public void Add(ReadOnlySpan<byte> key, long end)
    {
        if (!_byEnd.TryGetValue(end, out var keys))
        {
            _byEnd.Add(end, keys = new ArrayBufferWriter<byte>());
        }

        keys.Write(key);
    }

    /// <summary>Writes the rows.</summary>
    /// <returns>Their number.</returns>
    public int Insert(Statement insert)
    {
        foreach (var (end, keys) in _byEnd)
        {
            insert.Bind(1, (long)kind).Bind(2, end).Bind(3, keys.WrittenSpan).Execute();
        }

        return _byEnd.Count;
    }

    public void Clear() => _byEnd.Clear();
}

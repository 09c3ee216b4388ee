using OfflineConversions.Server.Outbox.Moving;

namespace OfflineConversions.Server.Tests.Outbox.Moving;

/// <summary>A store whose process is killed before one of its transactions.</summary>
internal sealed class KilledStore(IMovableStore store, WritesUntilKilled writes) : IMovableStore
{
    public string Name => store.Name;

    public Task<MoveMark?> ReadMarkAsync() => store.ReadMarkAsync();

    public Task WriteMarkAsync(MoveMark? mark)
    {
        writes.Next();
        return store.WriteMarkAsync(mark);
    }

    public Task<bool> IsEmptyAsync() => store.IsEmptyAsync();

    public Task ClearAsync()
    {
        writes.Next();
        return store.ClearAsync();
    }

    public Task<Dictionary<string, MoveProgress>> ReadProgressAsync() => store.ReadProgressAsync();

    public Task WriteProgressAsync(string table, MoveProgress progress)
    {
        writes.Next();
        return store.WriteProgressAsync(table, progress);
    }

    public Task<MoveSlice> ReadAsync(MoveTable table, long position) => store.ReadAsync(table, position);

    public Task WriteAsync(MoveTable table, IReadOnlyList<object?[]> rows, MoveProgress progress)
    {
        writes.Next();
        return store.WriteAsync(table, rows, progress);
    }

    public Task<long> CountAsync(MoveTable table) => store.CountAsync(table);

    public Task<IReadOnlyList<MoveCount>> CountWithoutPlaceAsync() => store.CountWithoutPlaceAsync();

    public ValueTask DisposeAsync() => store.DisposeAsync();
}

/// <summary>Counts the transactions of a process, and kills it after some of them.</summary>
internal sealed class WritesUntilKilled(int most)
{
    private int _writes;

    /// <exception cref="KilledException">It is killed now.</exception>
    public void Next()
    {
        if (_writes++ == most)
        {
            throw new KilledException();
        }
    }
}

/// <summary>The process is gone.</summary>
internal sealed class KilledException() : Exception("The process was killed.");

using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Numbers for new chunks, taken from the store in blocks. A block is on disk before one of its numbers is used, so no
/// number is ever given out twice, whatever crashes.
/// </summary>
internal sealed class ChunkNumbers(Database database) : IDisposable
{
    /// <summary>The numbers of a block.</summary>
    public const int BlockSize = 1024;

    /// <summary>No transaction adds more chunks than this without a good reason.</summary>
    private const int Reserve = 128;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<long> _free = new();
    private int _count;

    /// <summary>
    /// Makes sure that the next transactions find numbers. Called before they begin, because a new block takes a
    /// connection of its own.
    /// </summary>
    public ValueTask ReserveAsync() =>
        Volatile.Read(ref _count) >= Reserve ? ValueTask.CompletedTask : new(FillAsync());

    /// <summary>Takes numbers, in ascending order.</summary>
    public async Task<long[]> TakeAsync(int count)
    {
        while (true)
        {
            lock (_free)
            {
                if (_free.Count >= count)
                {
                    var taken = new long[count];
                    for (var at = 0; at < count; at++)
                    {
                        taken[at] = _free.Dequeue();
                    }

                    Volatile.Write(ref _count, _free.Count);
                    return taken;
                }
            }

            await FillAsync();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task FillAsync()
    {
        await _turn.WaitAsync();
        try
        {
            var block = await database.RunAsync(
                transaction =>
                    transaction.QueryAsync("SELECT nextval('offlineconversions.chunk_blocks')", row => row.GetInt64(0)),
                CancellationToken.None
            );
            lock (_free)
            {
                for (var number = 0; number < BlockSize; number++)
                {
                    _free.Enqueue((block[0] * BlockSize) + number);
                }

                Volatile.Write(ref _count, _free.Count);
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}

using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Numbers for new chunks, taken from the store in blocks. A block is on disk before more than one transaction uses its
/// numbers, so no number is ever given out twice, whatever crashes.
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

    /// <summary>Makes sure that the next transactions find numbers. Called before they begin.</summary>
    public ValueTask ReserveAsync() =>
        Volatile.Read(ref _count) >= Reserve ? ValueTask.CompletedTask : new(FillAsync());

    /// <summary>
    /// Takes numbers, in ascending order. If there are too few, the transaction gets blocks of its own: it must not
    /// wait for a second connection, and no other one may use a block that is not on disk yet.
    /// </summary>
    public async Task<long[]> TakeAsync(DatabaseTransaction transaction, int count)
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

        var blocks = await NextBlocksAsync(transaction, (count + BlockSize - 1) / BlockSize);
        return [.. blocks.Order().SelectMany(NumbersOf).Take(count)];
    }

    public void Dispose() => _turn.Dispose();

    private async Task FillAsync()
    {
        await _turn.WaitAsync();
        try
        {
            var block = await database.RunAsync(
                transaction => NextBlocksAsync(transaction, count: 1),
                CancellationToken.None
            );
            lock (_free)
            {
                foreach (var number in NumbersOf(block[0]))
                {
                    _free.Enqueue(number);
                }

                Volatile.Write(ref _count, _free.Count);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private static Task<List<long>> NextBlocksAsync(DatabaseTransaction transaction, int count) =>
        transaction.QueryAsync(
            "SELECT nextval('offlineconversions.chunk_blocks') FROM generate_series(1, $1)",
            row => row.GetInt64(0),
            count
        );

    private static IEnumerable<long> NumbersOf(long block) =>
        Enumerable.Range(0, BlockSize).Select(number => (block * BlockSize) + number);
}

using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Server.Outbox.Postgres.Rows;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// A transaction that writes events. While it runs it shares a lock with the others of all replicas. A change of
/// the edition (a person is erased, destinations are forgotten, bodies are dropped) takes that lock alone: it waits for
/// those that began before, and those that begin later see the change.
/// </summary>
internal sealed class WriteTransaction : IAsyncDisposable
{
    /// <summary>The number of the lock, in a space of its own.</summary>
    public const long LockKey = 0x0FF1_C0DE_0002;

    private readonly WriterParts _parts;
    private readonly List<byte[]> _written = [];

    // Remembered by other transactions only when they are committed.
    private readonly Dictionary<Destination, int> _added = [];

    private WriteTransaction(DatabaseTransaction transaction, WriterParts parts, CachedRows rows, int slot)
    {
        (Database, _parts, Rows, Slot) = (transaction, parts, rows, slot);
        Ledger = new LedgerDeltas();
        Fresh = new FreshChunks();
    }

    /// <summary>The transaction itself.</summary>
    public DatabaseTransaction Database { get; }

    /// <summary>The store's time.</summary>
    public DateTimeOffset Now => Database.Now;

    /// <summary>The partition that gets new bodies.</summary>
    public int Slot { get; }

    /// <summary>What is remembered of the store, in the edition in which this transaction sees it.</summary>
    public CachedRows Rows { get; }

    /// <summary>The erased persons. No transaction writes anything of theirs again.</summary>
    public Suppressions Suppressions => Rows.Suppressions;

    /// <summary>What the transaction changes in the ledger.</summary>
    public LedgerDeltas Ledger { get; }

    /// <summary>The chunks that the transaction adds.</summary>
    public FreshChunks Fresh { get; }

    /// <summary>What the transaction notes in the journal.</summary>
    public JournalNotes Journal { get; } = new();

    /// <summary>Reads content that is to be written again.</summary>
    public PayloadEncryption Encryption => _parts.Content.Encryption;

    /// <summary>Whether new content is encrypted.</summary>
    public bool IsEncrypted => _parts.Content.IsEncrypted;

    /// <summary>What a row holds for some content.</summary>
    public byte[] Write(byte[] content)
    {
        var written = _parts.Content.Write(content);
        _written.Add(written);
        return written;
    }

    /// <summary>The number of the first chunk that was added: if it exists, all was committed.</summary>
    public long? FirstChunk { get; private set; }

    /// <summary>Begins a transaction.</summary>
    public static async Task<WriteTransaction> BeginAsync(WriterParts parts, CancellationToken cancellationToken)
    {
        await parts.Numbers.ReserveAsync();
        var transaction = await parts.Database.BeginAsync(TransactionLimits.Short, cancellationToken);
        try
        {
            var (edition, slot, isClosed) = (0L, 0, false);
            await transaction.StartAsync(
                [
                    new DatabaseCommand("SELECT pg_advisory_xact_lock_shared($1)", LockKey),
                    new DatabaseCommand("SELECT edition, slot, is_closed FROM offlineconversions.state")
                    {
                        Read = row => (edition, slot, isClosed) = (row.GetInt64(0), row.GetInt32(1), row.GetBoolean(2)),
                    },
                ],
                cancellationToken
            );
            if (isClosed)
            {
                throw new StoreClosedException(await MoveMarkRow.RefusalAsync(transaction));
            }

            var rows = parts.Cache.Rows;
            if (rows.Edition != edition)
            {
                rows = parts.Cache.Renew(await CachedRows.ReadAsync(transaction, edition));
            }

            return new WriteTransaction(transaction, parts, rows, slot);
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one, and again if it conflicted with another one.</summary>
    public static async Task<T> RunAsync<T>(WriterParts parts, Func<WriteTransaction, Task<T>> work)
    {
        const int Tries = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await BeginAsync(parts, CancellationToken.None);
                var outcome = await work(transaction);
                await transaction.FlushAsync();
                await transaction.CommitAsync();
                return outcome;
            }
            catch (Exception conflict) when (attempt < Tries && DatabaseErrors.IsConflict(conflict))
            {
                // The other transaction has ended.
            }
        }
    }

    /// <summary>The number of a destination; a new one gets it here.</summary>
    public async Task<int> DestinationAsync(Destination destination)
    {
        if (Rows.Destinations.TryGetValue(destination, out var id) || _added.TryGetValue(destination, out id))
        {
            return id;
        }

        if (await DestinationRows.FindAsync(Database, destination) is { } known)
        {
            return Rows.Destinations[destination] = known;
        }

        return _added[destination] = await DestinationRows.AddAsync(Database, destination);
    }

    /// <summary>Writes what was collected.</summary>
    public async Task FlushAsync()
    {
        var chunks = Fresh.Take();
        var commands = new List<DatabaseCommand>();
        if (chunks.Count > 0)
        {
            var numbers = await _parts.Numbers.TakeAsync(Database, chunks.Count);
            var destinations = new int[chunks.Count];
            await AddNewDestinationsAsync(chunks);
            for (var at = 0; at < chunks.Count; at++)
            {
                chunks[at].Number.Value = numbers[at];
                destinations[at] = await DestinationAsync(chunks[at].Destination);
            }

            FirstChunk = numbers[0];
            var contents = chunks.ConvertAll(chunk => Write(chunk.Content));
            commands.AddRange(ChunkRows.Insert(Slot, chunks, numbers, destinations, contents, IsEncrypted));
        }

        commands.AddRange(await JournalRows.InsertAsync(this, _parts.Names));
        commands.AddRange(_parts.Content.NewKeys(_written));
        commands.AddRange(Ledger.Insert());
        await Database.ExecuteAsync(commands);
    }

    /// <summary>Commits. When it returns, everything is on disk.</summary>
    public async Task CommitAsync()
    {
        await Database.CommitAsync();
        foreach (var (destination, id) in _added)
        {
            Rows.Destinations[destination] = id;
        }

        _parts.Content.KeysAreRecorded(_written);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    // In one order, so that no two transactions that add the same destinations wait for each other in a circle.
    private async Task AddNewDestinationsAsync(IEnumerable<FreshChunk> chunks)
    {
        var unknown = chunks.Select(chunk => chunk.Destination).Where(at => !Rows.Destinations.ContainsKey(at));
        foreach (var destination in unknown.OrderBy(destination => DestinationRow.Of(destination).Digest))
        {
            await DestinationAsync(destination);
        }
    }
}

/// <summary>What every writing transaction needs.</summary>
/// <param name="Database">Opens transactions.</param>
/// <param name="Cache">What this replica remembers of the store.</param>
/// <param name="Numbers">Numbers for new chunks.</param>
/// <param name="Content">Encrypts content.</param>
/// <param name="Names">The names of events that the journal counts.</param>
internal sealed record WriterParts(
    Database Database,
    ReplicaCache Cache,
    ChunkNumbers Numbers,
    ContentWriter Content,
    JournalNames Names
);

using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What every outbox does, whatever stores it. One class per store runs all of it.</summary>
public abstract partial class OutboxContract : IAsyncLifetime
{
    private protected static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    private protected static readonly Redirection Right = new("2002", null, TimeSpan.FromHours(48));

    /// <summary>The longest wait of the stores under test.</summary>
    private protected static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private protected AdjustableTime Clock { get; } = new(Some.Now);

    private protected IOutboxStore Outbox { get; private set; } = null!;

    public virtual async Task InitializeAsync() => Outbox = await OpenAsync();

    public virtual async Task DisposeAsync() => await Outbox.DisposeAsync();

    /// <summary>Opens the store of this test, for the first time or again.</summary>
    private protected abstract Task<IOutboxStore> OpenAsync();

    private protected async Task RestartAsync()
    {
        await Outbox.DisposeAsync();
        Outbox = await OpenAsync();
    }

    private protected ValueTask<AppendResult> Append(params OutboxEntry[] entries) =>
        Outbox.AppendAsync(entries, default);

    private protected ValueTask<IReadOnlyList<Chunk>> Lease() => Outbox.LeaseAsync(Everything, default);

    private protected ValueTask<IReadOnlyList<SettlementStatus>> Settle(params ChunkSettlement[] settlements) =>
        Outbox.SettleAsync(settlements, default);

    private protected async Task BuryAsync(params string[] ids)
    {
        await Append([.. ids.Select(id => Some.Entry(id))]);
        while (await Lease() is { Count: > 0 } chunks)
        {
            await Settle([
                .. chunks.Select(chunk => new ChunkSettlement(
                    chunk,
                    [],
                    default,
                    [.. chunk.Events.Select((_, i) => new Burial(i, "refused_by_meta", 100))]
                )),
            ]);
        }
    }

    private protected async Task LedgerShouldBe(params LedgerLine[] lines) =>
        (await Outbox.LedgerAsync(default)).Should().Equal(lines);

    private protected async Task<IReadOnlyList<Chunk>> AllAsync()
    {
        var all = new List<Chunk>();
        while (await Lease() is { Count: > 0 } chunks)
        {
            all.AddRange(chunks);
        }

        return all;
    }

    private protected static OutboxEntry Sale(
        string id,
        string connection = "stores",
        string dataset = "1001",
        string? group = null,
        string? uploadTag = null,
        int chunkEvents = 1000,
        TimeSpan? window = null,
        string padding = ""
    ) =>
        Some.Entry(
            id,
            connection,
            dataset,
            uploadTag: uploadTag,
            chunkEvents: chunkEvents,
            window: window,
            payload: PayloadOf(id, padding)
        ) with
        {
            DeduplicationGroup = group,
        };

    private protected static string PayloadOf(string id, string padding = "") =>
        $$$"""{"event_name":"Purchase","event_id":"{{{id}}}","user_data":{"em":["{{{padding}}}"]}}""";
}

using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Recoveries that a test says have happened.</summary>
internal sealed partial class InMemoryOutbox
{
    /// <summary>Never called: nothing in memory is damaged.</summary>
    public Action<DamagedEvents>? WhenBuried { get; set; }

    public IReadOnlyList<RecoveryNotice> Recoveries { get; set; } = [];

    public ValueTask<int> AcknowledgeRecoveriesAsync(CancellationToken cancellationToken)
    {
        var acknowledged = Recoveries.Count;
        Recoveries = [];
        return ValueTask.FromResult(acknowledged);
    }
}

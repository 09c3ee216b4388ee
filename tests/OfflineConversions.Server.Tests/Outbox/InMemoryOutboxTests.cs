using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The outbox in memory keeps the contract, so what delivery's tests show holds for every store.</summary>
public sealed class InMemoryOutboxTests : OutboxContract
{
    private readonly InMemoryOutbox _outbox;

    public InMemoryOutboxTests() => _outbox = new InMemoryOutbox(Clock, LongestWait);

    private protected override Task<IOutboxStore> OpenAsync() => Task.FromResult<IOutboxStore>(_outbox.Reopen());

    private protected override Task TakeOlderKeyAsync(EventDelivery delivery, DateTimeOffset end)
    {
        _outbox.TakeKeyOfEveryConnection(delivery, end);
        return Task.CompletedTask;
    }
}

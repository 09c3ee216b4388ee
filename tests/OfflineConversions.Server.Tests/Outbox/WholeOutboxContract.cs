namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>
/// The contract with what was notified of alerts and what Meta said last to events that wait. The outbox in PostgreSQL
/// does not keep these yet, so its tests run only <see cref="OutboxContract"/>.
/// </summary>
public abstract partial class WholeOutboxContract : OutboxContract;

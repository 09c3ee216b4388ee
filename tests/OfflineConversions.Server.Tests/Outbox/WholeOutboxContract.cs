namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>
/// The contract with the journal, the list of waiting events and imports. The outbox in PostgreSQL does not keep these
/// yet, so its tests run only <see cref="OutboxContract"/>.
/// </summary>
public abstract partial class WholeOutboxContract : OutboxContract;

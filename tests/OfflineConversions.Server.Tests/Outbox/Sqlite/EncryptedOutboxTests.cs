namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>Everything an outbox does, with its payloads encrypted.</summary>
public sealed class EncryptedOutboxTests : SqliteOutboxTests
{
    private protected override bool Encrypt => true;
}

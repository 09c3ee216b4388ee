using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Writing.Tables;

public sealed class DeduplicationRowsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void After_a_restart_a_key_that_was_taken_again_counts_by_its_younger_row()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Schema.Migrate(connection);
        var key = new DeduplicationKey(DeduplicationScope.EveryConnection, 7);
        var stored = new byte[DeduplicationKey.StoredBytes];
        stored[^1] = 7;
        using (var insert = new Statement(connection, "INSERT INTO taken_keys (expires_at, keys) VALUES (?1, ?2)"))
        {
            insert.Bind(1, Now.AddHours(-1).ToUnixTimeMilliseconds()).Bind(2, stored.AsSpan()).Execute();
            insert.Bind(1, Now.AddHours(1).ToUnixTimeMilliseconds()).Bind(2, stored.AsSpan()).Execute();
        }

        using var keys = new DeduplicationRows(connection);

        keys.TryTake(key, Now, TimeSpan.FromHours(1), out _).Should().BeFalse();
        keys.TryTake(key, Now.AddHours(2), TimeSpan.FromHours(1), out _).Should().BeTrue();
    }
}

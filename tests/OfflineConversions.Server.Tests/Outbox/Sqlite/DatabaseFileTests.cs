using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Sqlite;
using SQLitePCL;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

public sealed class DatabaseFileTests : IDisposable
{
    private const int Reprepared = 5; // SQLITE_STMTSTATUS_REPREPARE

    private readonly TemporaryFolder _folder = new(fast: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DELETE FROM taken_keys WHERE id IN (SELECT id FROM taken_keys WHERE expires_at <= ?1 LIMIT ?2)")]
    [InlineData("SELECT id FROM chunks WHERE destination = ?1 ORDER BY due_at LIMIT ?2")]
    public void A_statement_is_prepared_once_however_often_its_limit_changes(string sql)
    {
        using var file = new DatabaseFile(
            new OutboxOptions { Path = _folder.File("outbox.db") },
            TimeProvider.System,
            NullLogger.Instance
        );
        foreach (var open in new Func<SqliteConnection>[] { file.OpenWriter, file.OpenReader })
        {
            using var connection = open();
            raw.sqlite3_prepare_v3(connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement);
            using (statement)
            {
                for (var limit = 1; limit <= 5; limit++)
                {
                    raw.sqlite3_bind_int64(statement, 1, 7);
                    raw.sqlite3_bind_int64(statement, 2, limit);
                    raw.sqlite3_step(statement);
                    raw.sqlite3_reset(statement);
                }

                raw.sqlite3_stmt_status(statement, Reprepared, 0).Should().Be(0);
            }
        }
    }
}

using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox;

/// <summary>The rows of the failed list. The writer's side.</summary>
internal sealed class FailedRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        """
        INSERT INTO failed (destination, failed_at, attempts, reason, code, subcode, title, trace_id, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """);

    public void Insert(long destination, DateTimeOffset failedAt, int attempts, Burial burial, ReadOnlySpan<byte> payload) => _insert
        .Bind(1, destination)
        .Bind(2, failedAt.ToUnixTimeMilliseconds())
        .Bind(3, attempts)
        .Bind(4, burial.Reason)
        .Bind(5, burial.Code)
        .Bind(6, burial.Subcode)
        .Bind(7, burial.Title)
        .Bind(8, burial.TraceId)
        .Bind(9, payload)
        .Execute();

    public void Dispose() => _insert.Dispose();
}

using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>The connections that an operator has paused. The writer's side.</summary>
internal sealed class PauseRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        "INSERT INTO paused (connection, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
    );
    private readonly Statement _delete = new(connection, "DELETE FROM paused WHERE connection = ?1");

    public void Set(string name, bool paused, DateTimeOffset now)
    {
        if (paused)
        {
            _insert.Bind(1, name).Bind(2, now.ToUnixTimeMilliseconds()).Execute();
        }
        else
        {
            _delete.Bind(1, name).Execute();
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _delete.Dispose();
    }
}

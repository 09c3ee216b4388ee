using System.Text;
using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>What was notified of alerts, and what still has to be. The writer's side.</summary>
internal sealed class AlertRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _save = new(
        connection,
        "INSERT OR REPLACE INTO alert_state (id, content, saved_at) VALUES (1, ?1, ?2)"
    );

    private readonly Statement _add = new(
        connection,
        "INSERT INTO alert_notifications (id, webhook, content) VALUES (?1, ?2, ?3)"
    );

    private readonly Statement _remove = new(connection, "DELETE FROM alert_notifications WHERE id = ?1");

    public void Save(string state, IReadOnlyList<SavedNotification> added, DateTimeOffset now)
    {
        _save.Bind(1, state).Bind(2, now.ToUnixTimeMilliseconds()).Execute();
        foreach (var (id, webhook, content) in added)
        {
            _add.Bind(1, id).Bind(2, webhook).Bind(3, Encoding.UTF8.GetBytes(content)).Execute();
        }
    }

    public void Remove(string id) => _remove.Bind(1, id).Execute();

    public void Dispose()
    {
        _save.Dispose();
        _add.Dispose();
        _remove.Dispose();
    }
}

using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>The halts of connections and datasets. The writer's side.</summary>
internal sealed class HaltRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _find = new(
        connection,
        "SELECT since FROM halts WHERE connection = ?1 AND dataset = ?2"
    );

    private readonly Statement _set = new(
        connection,
        """
        INSERT INTO halts (connection, dataset, reason, since, probe_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (connection, dataset) DO UPDATE SET reason = excluded.reason, probe_at = excluded.probe_at
        """
    );

    private readonly Statement _claimProbe = new(
        connection,
        "UPDATE halts SET probe_at = ?4 WHERE connection = ?1 AND dataset = ?2 AND probe_at <= ?3"
    );

    private readonly Statement _probeNow = new(
        connection,
        "UPDATE halts SET probe_at = ?2 WHERE connection = ?1 AND probe_at > ?2"
    );

    private readonly Statement _pullBack = new(connection, "UPDATE halts SET probe_at = ?1 WHERE probe_at > ?2");

    private readonly Statement _delete = new(connection, "DELETE FROM halts WHERE connection = ?1 AND dataset = ?2");

    /// <summary>The dataset column for a halt of the whole connection.</summary>
    public const string WholeConnection = "";

    public HaltChange Set(HaltScope scope, string reason, TimeSpan probeIn, DateTimeOffset now)
    {
        var isNew = !Bind(_find, scope).Read();
        var since = isNew ? now : _find.Time(0);
        _find.Reset();
        Bind(_set, scope)
            .Bind(3, reason)
            .Bind(4, since.ToUnixTimeMilliseconds())
            .Bind(5, (now + probeIn).ToUnixTimeMilliseconds())
            .Execute();
        return new HaltChange(new Halt(scope, reason, since, now + probeIn), isNew);
    }

    public bool TryProbe(HaltScope scope, TimeSpan patience, DateTimeOffset now) =>
        Bind(_claimProbe, scope)
            .Bind(3, now.ToUnixTimeMilliseconds())
            .Bind(4, (now + patience).ToUnixTimeMilliseconds())
            .Execute() > 0;

    public void ProbeNow(string name, DateTimeOffset now) =>
        _probeNow.Bind(1, name).Bind(2, now.ToUnixTimeMilliseconds()).Execute();

    /// <summary>Makes probes due now that would come later than any schedule allows.</summary>
    /// <returns>Their number.</returns>
    public int PullBack(DateTimeOffset now, TimeSpan longestWait) =>
        _pullBack.Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, (now + longestWait).ToUnixTimeMilliseconds()).Execute();

    public bool End(HaltScope scope) => Bind(_delete, scope).Execute() > 0;

    public void Dispose()
    {
        _find.Dispose();
        _set.Dispose();
        _claimProbe.Dispose();
        _probeNow.Dispose();
        _pullBack.Dispose();
        _delete.Dispose();
    }

    private static Statement Bind(Statement statement, HaltScope scope) =>
        statement.Bind(1, scope.Connection).Bind(2, scope.DatasetId ?? WholeConnection);
}

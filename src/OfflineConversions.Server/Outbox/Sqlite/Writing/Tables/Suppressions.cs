using System.Collections.Frozen;
using Microsoft.Data.Sqlite;
using OfflineConversions.Privacy;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Tables;

/// <summary>
/// The persons that were erased, as digests, until their suppression ends. Written by the writer's thread; any thread
/// reads a snapshot of the last commit.
/// </summary>
internal sealed class Suppressions : IDisposable
{
    private readonly Statement _add;
    private readonly Statement _swept;
    private readonly Statement _prune;
    private readonly Statement _all;
    private volatile FrozenDictionary<PersonTrace, Suppression> _suppressed;
    private bool _changed;

    public Suppressions(SqliteConnection connection)
    {
        _add = new Statement(
            connection,
            """
            INSERT INTO suppressed (trace, until, swept) VALUES (?1, ?2, 0)
            ON CONFLICT (trace) DO UPDATE SET until = max(until, excluded.until), swept = 0
            """
        );
        _swept = new Statement(connection, "UPDATE suppressed SET swept = 1 WHERE trace = ?1");
        _prune = new Statement(connection, "DELETE FROM suppressed WHERE swept = 1 AND until <= ?1");
        _all = new Statement(connection, "SELECT trace, until, swept FROM suppressed");
        _suppressed = Read();
    }

    /// <summary>Whether anyone is suppressed.</summary>
    public bool Any => _suppressed.Count > 0;

    /// <summary>Another object whenever the suppressed persons change.</summary>
    public object Edition => _suppressed;

    /// <summary>The persons of whom the file may still hold something.</summary>
    public IReadOnlySet<PersonTrace> Unswept =>
        _suppressed.Where(known => !known.Value.Swept).Select(known => known.Key).ToHashSet();

    /// <summary>Whether a payload contains someone who is suppressed.</summary>
    public bool Contain(ReadOnlySpan<byte> payload, DateTimeOffset now)
    {
        var (suppressed, time) = (_suppressed, now.ToUnixTimeMilliseconds());
        return suppressed.Count > 0
            && PayloadReader.HasTrace(payload, trace =>
                suppressed.TryGetValue(trace, out var found) && (found.Until > time || !found.Swept)
            );
    }

    /// <summary>Suppresses a person.</summary>
    public void Add(IEnumerable<PersonTrace> person, DateTimeOffset until)
    {
        foreach (var trace in person)
        {
            _add.Bind(1, trace.ToBytes()).Bind(2, until.ToUnixTimeMilliseconds()).Execute();
        }

        _changed = true;
    }

    /// <summary>The file no longer holds anything of the person.</summary>
    public void Swept(IEnumerable<PersonTrace> person)
    {
        foreach (var trace in person)
        {
            _swept.Bind(1, trace.ToBytes()).Execute();
        }

        _changed = true;
    }

    /// <summary>Forgets suppressions that have ended.</summary>
    public void Prune(DateTimeOffset now) =>
        _changed |= Any && _prune.Bind(1, now.ToUnixTimeMilliseconds()).Execute() > 0;

    /// <summary>The changes are on disk.</summary>
    public void Keep()
    {
        if (_changed)
        {
            _changed = false;
            _suppressed = Read();
        }
    }

    /// <summary>The changes since the last commit were rolled back.</summary>
    public void Forget() => _changed = false;

    public void Dispose()
    {
        _add.Dispose();
        _swept.Dispose();
        _prune.Dispose();
        _all.Dispose();
    }

    private FrozenDictionary<PersonTrace, Suppression> Read()
    {
        var known = new Dictionary<PersonTrace, Suppression>();
        while (_all.Read())
        {
            known[PersonTrace.Read(_all.Blob(0))] = new Suppression(_all.Integer(1), _all.Integer(2) != 0);
        }

        return known.ToFrozenDictionary();
    }

    private readonly record struct Suppression(long Until, bool Swept);
}

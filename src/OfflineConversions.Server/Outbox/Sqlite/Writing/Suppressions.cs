using System.Collections.Frozen;
using Microsoft.Data.Sqlite;
using OfflineConversions.Privacy;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// The persons that were erased, as digests, until their suppression ends. Written by the writer's thread, asked by
/// any: what is known is a snapshot of the last commit.
/// </summary>
internal sealed class Suppressions : IDisposable
{
    private readonly Statement _add;
    private readonly Statement _swept;
    private readonly Statement _prune;
    private readonly Statement _all;
    private volatile FrozenDictionary<PersonTrace, Suppression> _known;
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
        _known = Read();
    }

    /// <summary>Whether anybody is suppressed.</summary>
    public bool Any => _known.Count > 0;

    /// <summary>Changes whenever somebody is added or leaves.</summary>
    public object Edition => _known;

    /// <summary>Those of whom something may still be in the file.</summary>
    public IReadOnlySet<PersonTrace> Unswept =>
        _known.Where(known => !known.Value.Swept).Select(known => known.Key).ToHashSet();

    /// <summary>Whether the payload is of somebody who is suppressed.</summary>
    public bool Hold(ReadOnlySpan<byte> payload, DateTimeOffset now)
    {
        var (known, time) = (_known, now.ToUnixTimeMilliseconds());
        return known.Count > 0
            && PayloadReader.HasTrace(payload, trace =>
                known.TryGetValue(trace, out var found) && (found.Until > time || !found.Swept)
            );
    }

    public void Add(IEnumerable<PersonTrace> person, DateTimeOffset until)
    {
        foreach (var trace in person)
        {
            _add.Bind(1, trace.ToBytes()).Bind(2, until.ToUnixTimeMilliseconds()).Execute();
        }

        _changed = true;
    }

    /// <summary>Nothing of the person is in the file any more.</summary>
    public void Swept(IEnumerable<PersonTrace> person)
    {
        foreach (var trace in person)
        {
            _swept.Bind(1, trace.ToBytes()).Execute();
        }

        _changed = true;
    }

    public void Prune(DateTimeOffset now) =>
        _changed |= Any && _prune.Bind(1, now.ToUnixTimeMilliseconds()).Execute() > 0;

    /// <summary>What was changed is on disk.</summary>
    public void Keep()
    {
        if (_changed)
        {
            _changed = false;
            _known = Read();
        }
    }

    /// <summary>What was changed since the last commit was not.</summary>
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

using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>
/// Limits how many names of events a connection has in the roll-ups: callers choose them. The names of the hours that
/// are kept count, whichever replica added them. Writers that add different names at the same moment may go over the
/// limit by as many.
/// </summary>
internal sealed class JournalNames
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _known = new(StringComparer.Ordinal);
    private long _hour;

    /// <summary>Counts the arrivals of a block.</summary>
    public async Task CountAsync(DatabaseTransaction transaction, JournalBlock block, RollUpChanges counts)
    {
        var names = new List<NameCount>();
        counts.Add(block, (kind, count) => names.Add(new NameCount(kind, count)));
        var hour = RollUpChanges.HourOf(transaction.Now);
        foreach (var unknown in Unknown(names.ConvertAll(name => name.Kind), hour))
        {
            Learn(unknown, await ReadAsync(transaction, unknown));
        }

        foreach (var (kind, count) in names)
        {
            counts.Add(kind.Connection, RollUpKind.EventName, Bounded(kind), count);
        }
    }

    /// <summary>The connections with a name that is new to this replica and for which there is room.</summary>
    private List<string> Unknown(IEnumerable<JournalKind> kinds, long hour)
    {
        lock (_gate)
        {
            if (hour != _hour)
            {
                // Names whose last hour was forgotten make room for others.
                _known.Clear();
                _hour = hour;
            }

            return
            [
                .. kinds
                    .Where(kind =>
                        kind.EventName is { } name
                        && (
                            !_known.TryGetValue(kind.Connection, out var known)
                            || (known.Count < EventNameLimit.Most && !known.Contains(name))
                        )
                    )
                    .Select(kind => kind.Connection)
                    .Distinct(StringComparer.Ordinal),
            ];
        }
    }

    private void Learn(string connection, IEnumerable<string> names)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(connection, out var known))
            {
                _known.Add(connection, known = new HashSet<string>(StringComparer.Ordinal));
            }

            known.UnionWith(names);
        }
    }

    /// <summary>The name itself, or what is counted in its place.</summary>
    private string Bounded(JournalKind kind)
    {
        if (kind.EventName is not { } name)
        {
            return EventNameLimit.Hidden;
        }

        lock (_gate)
        {
            // Another transaction may have begun a new hour in between.
            return !_known.TryGetValue(kind.Connection, out var known) || known.Contains(name) ? name
                : known.Count >= EventNameLimit.Most ? EventNameLimit.Others
                : Added(known, name);
        }
    }

    private static string Added(HashSet<string> known, string name)
    {
        known.Add(name);
        return name;
    }

    private static Task<List<string>> ReadAsync(DatabaseTransaction transaction, string connection) =>
        transaction.QueryAsync(
            """
            SELECT name FROM offlineconversions.journal_counts WHERE connection = $1 AND kind = $2
            UNION SELECT name FROM offlineconversions.journal_count_deltas WHERE connection = $1 AND kind = $2
            EXCEPT SELECT unnest($3::text[]) LIMIT $4
            """,
            row => row.GetString(0),
            connection,
            RollUpKind.EventName,
            (string[])[EventNameLimit.Hidden, EventNameLimit.Others],
            EventNameLimit.Most + 1
        );

    private readonly record struct NameCount(JournalKind Kind, long Count);
}

using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Sqlite.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading.Journal;

/// <summary>
/// Reads the roll-ups: the counts of each hour, and those of the latest commits that are not among them yet.
/// </summary>
internal sealed class RollUpReader(ReadConnection reader)
{
    private readonly Statement _counts = reader.Prepare(
        "SELECT hour, connection, kind, name, count FROM journal_counts WHERE hour >= ?1 AND hour < ?2"
    );

    private readonly Statement _changes = reader.Prepare(
        "SELECT content, hour FROM journal_changes WHERE hour >= ?1 AND hour < ?2"
    );

    /// <summary>Reads them, by hour, connection, kind and name.</summary>
    public IReadOnlyList<RollUp> Read(RollUpQuery query)
    {
        var sums = new Dictionary<HourlyCount, long>();
        Bind(_counts, query);
        while (_counts.Read())
        {
            var key = new RollUpKey(_counts.Text(1), _counts.Text(2), _counts.Text(3));
            sums[new HourlyCount(_counts.Integer(0), key)] = _counts.Integer(4);
        }

        Bind(_changes, query);
        while (_changes.Read())
        {
            StoredCounts.AddTo(sums, _changes.Integer(1), _changes.Span(0));
        }

        return
        [
            .. sums.Where(sum =>
                    (query.Connection is null || sum.Key.Key.Connection == query.Connection)
                    && (query.Kinds.Count == 0 || query.Kinds.Contains(sum.Key.Key.Kind, StringComparer.Ordinal))
                )
                .OrderBy(sum => sum.Key.Hour)
                .ThenBy(sum => sum.Key.Key.Connection, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.Key.Kind, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.Key.Name, StringComparer.Ordinal)
                .Select(sum => new RollUp(
                    ChunkFormat.ReadTime(sum.Key.Hour),
                    sum.Key.Key.Connection,
                    sum.Key.Key.Kind,
                    sum.Key.Key.Name,
                    sum.Value
                )),
        ];
    }

    private static void Bind(Statement statement, RollUpQuery query) =>
        statement.Bind(1, query.From.ToUnixTimeMilliseconds()).Bind(2, query.To.ToUnixTimeMilliseconds());
}

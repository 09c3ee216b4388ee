using Microsoft.Data.Sqlite;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// The numbers of the destinations: a chunk row names its destination by one integer. The writer's side.
/// </summary>
internal sealed class DestinationRows(SqliteConnection connection) : IDisposable
{
    private const int Few = 200;

    private readonly Dictionary<Destination, long> _known = [];

    private readonly Statement _find = new(
        connection,
        "SELECT id FROM destinations WHERE connection = ?1 AND api = ?2 AND dataset = ?3 AND upload_tag IS ?4"
    );

    private readonly Statement _insert = new(
        connection,
        "INSERT INTO destinations (connection, api, dataset, upload_tag) VALUES (?1, ?2, ?3, ?4) RETURNING id"
    );

    private readonly Statement _count = new(connection, "SELECT count(*) FROM destinations");
    private readonly Statement _lastOfSlice = new(
        connection,
        $"SELECT ifnull(max(id), 0) FROM (SELECT id FROM destinations WHERE id > ?1 ORDER BY id LIMIT {Few})"
    );

    // The highest stays, so that its number is never another's.
    private readonly Statement _prune = new(
        connection,
        """
        DELETE FROM destinations WHERE id > ?1 AND id <= ?2 AND id < (SELECT max(id) FROM destinations)
            AND NOT EXISTS (SELECT 1 FROM chunks WHERE destination = destinations.id)
            AND NOT EXISTS (SELECT 1 FROM failed WHERE destination = destinations.id)
        """
    );

    private long _looked;

    /// <summary>The destination's number; a new one gets its row in the running transaction.</summary>
    public long IdOf(Destination destination)
    {
        if (!_known.TryGetValue(destination, out var id))
        {
            id = Run(_find, destination);
            id = id == 0 ? Run(_insert, destination) : id;
            _known.Add(destination, id);
        }

        return id;
    }

    /// <summary>
    /// Where there are more than a few, deletes of the next few those that nothing waits for or has failed for. A shop
    /// has a handful, but RudderStack's callers choose the upload tag. One that is gone comes back with its next event.
    /// </summary>
    public void Prune()
    {
        if (_count.Scalar() <= Few)
        {
            return;
        }

        var last = _lastOfSlice.Bind(1, _looked).Scalar();
        if (_prune.Bind(1, _looked).Bind(2, last).Execute() > 0)
        {
            _known.Clear();
        }

        _looked = last; // 0 behind the last one: from the beginning.
    }

    /// <summary>After a rollback nothing remembered can be trusted.</summary>
    public void Forget() => _known.Clear();

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _count.Dispose();
        _lastOfSlice.Dispose();
        _prune.Dispose();
    }

    /// <summary>How an API stands in the file: by name, so that the order of the enum may change.</summary>
    public static string Write(MetaApi api) => api.ToString();

    /// <summary>The API of that name; <see langword="null"/> in a damaged row.</summary>
    public static MetaApi? ReadApi(string text) =>
        Enum.TryParse<MetaApi>(text, out var api) && Enum.IsDefined(api) ? api : null;

    private static long Run(Statement statement, Destination destination) =>
        statement
            .Bind(1, destination.Connection)
            .Bind(2, Write(destination.Api))
            .Bind(3, destination.DatasetId)
            .Bind(4, destination.UploadTag)
            .Scalar();
}

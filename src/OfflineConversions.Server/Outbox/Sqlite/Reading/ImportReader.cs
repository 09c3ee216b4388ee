using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading;

/// <summary>Reads imports, on a connection of its own, like the operator's other lists.</summary>
internal sealed class ImportReader : IAsyncDisposable
{
    private readonly ReadConnection _reader;
    private readonly Statement _find;
    private readonly Statement _list;
    private readonly Statement _rejections;

    public ImportReader(SqliteConnection connection)
    {
        _reader = new ReadConnection(connection);
        _find = _reader.Prepare($"SELECT {StoredImport.Columns} FROM imports WHERE id = ?1");
        _list = _reader.Prepare(
            $"SELECT {StoredImport.Columns} FROM imports WHERE number < ?1 ORDER BY number DESC LIMIT ?2"
        );
        _rejections = _reader.Prepare(
            "SELECT row, field, reason FROM import_rejections WHERE import = ?1 ORDER BY id LIMIT ?2 OFFSET ?3"
        );
    }

    /// <summary>The import with this id, as it is stored.</summary>
    public ValueTask<StoredRun?> FindAsync(string id, CancellationToken cancellationToken) =>
        _reader.ReadAsync(() => _find.Bind(1, id).Read() ? Current(_find) : null, cancellationToken);

    /// <summary>The imports before a number, newest first.</summary>
    public ValueTask<List<StoredRun>> ListAsync(long before, int limit, CancellationToken cancellationToken) =>
        _reader.ReadAsync(
            () =>
            {
                var runs = new List<StoredRun>();
                _list.Bind(1, before).Bind(2, limit);
                while (_list.Read())
                {
                    runs.Add(Current(_list));
                }

                return runs;
            },
            cancellationToken
        );

    /// <summary>The rejected rows of an import.</summary>
    public ValueTask<List<RejectedRow>> RejectionsAsync(
        long import,
        int after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _reader.ReadAsync(
            () =>
            {
                var rows = new List<RejectedRow>();
                _rejections.Bind(1, import).Bind(2, limit).Bind(3, after);
                while (_rejections.Read())
                {
                    rows.Add(new RejectedRow(_rejections.Integer(0), _rejections.Text(1), _rejections.Text(2)));
                }

                return rows;
            },
            cancellationToken
        );

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private static StoredRun Current(Statement row) => new(StoredImport.Read(row), StoredImport.RunOf(row));
}

/// <summary>An import as stored, with its run.</summary>
internal sealed record StoredRun(ImportRecord Import, ImportRun Run);

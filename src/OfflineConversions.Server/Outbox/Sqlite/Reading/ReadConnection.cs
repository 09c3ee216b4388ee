using Microsoft.Data.Sqlite;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading;

/// <summary>A connection that reads for one caller at a time, each from one snapshot.</summary>
internal sealed class ReadConnection : IAsyncDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly SemaphoreSlim _turn = new(1);

    public ReadConnection(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN");

        // There is nothing to commit. After a damaged page a COMMIT would fail, also for a reader that goes on without
        // it.
        _end = Prepare("ROLLBACK");
    }

    /// <summary>
    /// Prepares a statement for use inside <see cref="ReadAsync"/>. It is disposed with the connection.
    /// </summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Waits for its turn and reads.</summary>
    /// <exception cref="ObjectDisposedException">The outbox is closed.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_statements.Count == 0, this);
            return Read(read);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for the last reader and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _statements.ForEach(statement => statement.Dispose());
        _statements.Clear();
        await _connection.DisposeAsync();
        _turn.Release();
    }

    private T Read<T>(Func<T> read)
    {
        _begin.Execute();
        try
        {
            return read();
        }
        finally
        {
            // A reader that threw midway must not keep its snapshot, or the WAL could not be emptied.
            _statements.ForEach(statement => statement.Reset());
            _end.Execute();
        }
    }
}

using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports.Reading;

namespace OfflineConversions.Server.Imports;

/// <summary>The first rows of a table, read as an import of it reads them.</summary>
internal sealed class TablePreview : IDisposable
{
    private readonly RowBatch _batch = new(isTable: true);
    private JsonTree? _rows;

    private TablePreview(Connection connection) => Connection = connection;

    /// <summary>The connection with what the rows show, such as the order of dates.</summary>
    public Connection Connection { get; private set; }

    /// <summary>The rows as a list of flat objects.</summary>
    public JsonPart Rows => _rows!.Root;

    /// <summary>Reads the first rows.</summary>
    /// <param name="text">The beginning of the file, UTF-8 with a byte order mark.</param>
    /// <param name="connection">A connection that takes tables.</param>
    /// <param name="most">How many rows.</param>
    /// <param name="options">The limits.</param>
    /// <exception cref="UnreadableFileException">It is no table, or one of the rows cannot be read.</exception>
    public static TablePreview Read(Stream text, Connection connection, int most, ImportOptions options)
    {
        var preview = new TablePreview(connection);
        using var rows = FileReader.Open(
            text,
            new Upload("text/csv", null),
            connection.Source.TableOf(connection.Options),
            options
        );
        var count = 0;
        while (count < most && rows.TryRead(out var row))
        {
            if (row.Problem is { } problem)
            {
                throw new UnreadableFileException(UnreadableFile.Malformed, $"Row {row.Number} is not read: {problem}");
            }

            preview._batch.Add(row);
            count++;
        }

        (preview.Connection, preview._rows) = (Settle(connection, preview._batch), preview._batch.ParseRows());
        return preview;
    }

    /// <summary>The connection with what the first rows of the file show, such as the order of its dates.</summary>
    public static Connection Settle(Connection connection, RowBatch batch)
    {
        var settings = connection.Options.Copy();
        using var rows = batch.ParseRows();
        connection.Source.Complete(settings, rows.Root);
        return new Connection(connection.Name, settings);
    }

    public void Dispose() => _rows?.Dispose();
}

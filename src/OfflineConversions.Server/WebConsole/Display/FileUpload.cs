using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>The form that sends a file.</summary>
/// <param name="Connections">The connections to choose from; one if an import is continued.</param>
/// <param name="Id">The import to continue; null for a new one.</param>
internal sealed record FileUpload(IReadOnlyList<UploadConnection> Connections, string? Id = null)
{
    /// <summary>What a column of a table can be.</summary>
    public IEnumerable<string> Columns => Connections.SelectMany(one => one.Columns).Distinct(StringComparer.Ordinal);

    /// <summary>The form for a new import.</summary>
    public static FileUpload New(ConnectionRegistry connections) =>
        new([.. connections.All.Select(UploadConnection.Of).OrderByDescending(one => one.Format is not null)]);

    /// <summary>The form that continues an import; null if its connection is gone.</summary>
    public static FileUpload? Continue(ConnectionRegistry connections, ImportReport import) =>
        connections.Find(import.Connection) is { } connection
            ? new FileUpload([UploadConnection.Of(connection)], import.Id)
            : null;
}

/// <summary>A connection that a file can be for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Format">How its tables are read; null if it takes one JSON object per line only.</param>
/// <param name="Columns">What a column of a table can be.</param>
internal sealed record UploadConnection(string Name, TableFormat? Format, IReadOnlyList<string> Columns)
{
    public static UploadConnection Of(Connection connection) =>
        new(connection.Name, connection.Source.TableOf(connection.Options), connection.Source.Columns);
}

using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Recovery;

/// <summary>
/// The destinations of a damaged database, in every version in which a row was found. The checksum of a chunk decides
/// which version is right.
/// </summary>
internal sealed class FoundDestinations
{
    private readonly Dictionary<long, List<StoredDestination>> _versions = [];

    /// <summary>Adds a row, if it can be one.</summary>
    public void Add(FoundRow found)
    {
        if (!found.Record.IsComplete || found.Destination() is not { Value: not null } destination)
        {
            return;
        }

        if (!_versions.TryGetValue(found.Record.RowId, out var versions))
        {
            _versions.Add(found.Record.RowId, versions = []);
        }

        if (!versions.Contains(destination))
        {
            versions.Add(destination);
        }
    }

    /// <summary>
    /// Reads a chunk. A version of its destination that its checksum confirms comes first from now on.
    /// </summary>
    public ChunkContent Read(long id, RowContent content, PayloadEncryption encryption)
    {
        var read = ChunkContent.Unreadable(ChunkDamage.UnknownDestination);
        if (!_versions.TryGetValue(id, out var versions))
        {
            return read;
        }

        for (var version = 0; version < versions.Count; version++)
        {
            read = content.Read(encryption, versions[version]);
            if (read.IsReadable)
            {
                (versions[0], versions[version]) = (versions[version], versions[0]);
                break;
            }
        }

        return read;
    }

    /// <summary>Writes one version of each row.</summary>
    public void CopyTo(SqliteConnection target)
    {
        using var insert = new Statement(
            target,
            "INSERT INTO destinations (id, connection, api, dataset, upload_tag) VALUES (?1, ?2, ?3, ?4, ?5)"
        );
        foreach (var (id, versions) in _versions)
        {
            var destination = versions[0];
            insert
                .Bind(1, id)
                .Bind(2, destination.Connection)
                .Bind(3, destination.Api)
                .Bind(4, destination.DatasetId)
                .Bind(5, destination.UploadTag)
                .Execute();
        }
    }
}

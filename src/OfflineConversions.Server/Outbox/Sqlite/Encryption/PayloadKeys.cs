using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Sqlite.Reading;

namespace OfflineConversions.Server.Outbox.Sqlite.Encryption;

/// <summary>
/// Payloads on their way into the file, closed where that is asked for, and the numbers of the keys that closed them,
/// so that a start tells a missing key without reading every row. The writer's side.
/// </summary>
internal sealed class PayloadKeys(SqliteConnection connection, PayloadSeal seal) : IDisposable
{
    private readonly Statement _note = new(connection, "INSERT OR IGNORE INTO payload_keys (key) VALUES (?1)");
    private byte[] _noted = [];

    /// <summary>What stands in the column <c>closed</c> of what is written now.</summary>
    public long Closed => seal.IsOn ? 1 : 0;

    /// <summary>What stands in the file for a payload.</summary>
    public ReadOnlySpan<byte> Close(ReadOnlySpan<byte> payload)
    {
        if (!seal.IsOn)
        {
            return payload;
        }

        ReadOnlySpan<byte> closed = seal.Close(payload);
        var key = PayloadSeal.KeyOf(closed);
        if (!key.SequenceEqual(_noted))
        {
            _note.Bind(1, key).Execute();
            _noted = key.ToArray();
        }

        return closed;
    }

    /// <summary>See <see cref="RowContent.Read"/>.</summary>
    public ChunkContent Read(RowContent content, string dataset) => content.Read(seal, dataset);

    /// <summary>After a rollback nothing is noted.</summary>
    public void Forget() => _noted = [];

    /// <summary>Makes the first key where there is to be one, and looks for every key that a row needs.</summary>
    /// <exception cref="SettingUnusableException">A key is missing, or cannot be made.</exception>
    public static void Require(SqliteConnection connection, PayloadSeal seal)
    {
        try
        {
            if (seal.IsOn)
            {
                seal.Close("{}"u8);
            }

            foreach (var key in Missing(connection, seal))
            {
                RequireNoRow(connection, key, seal.Folder);
            }
        }
        catch (Exception reason)
            when (reason
                    is CryptographicException
                        or IOException
                        or UnauthorizedAccessException
                        or InvalidOperationException
                        and not SettingUnusableException
            )
        {
            var cause = reason.GetBaseException().Message.TrimEnd('.');
            throw new SettingUnusableException(
                $"The keys of the outbox cannot be read or made: {cause}. Outbox:KeyDirectory is '{seal.Folder}': it must be a folder that this process may make, read and write.",
                reason
            );
        }
    }

    public void Dispose() => _note.Dispose();

    private static List<byte[]> Missing(SqliteConnection connection, PayloadSeal seal)
    {
        var missing = new List<byte[]>();
        using var keys = new Statement(connection, "SELECT key FROM payload_keys");
        while (keys.Read())
        {
            var key = keys.Blob(0);
            if (!seal.Has(key))
            {
                missing.Add(key);
            }
        }

        return missing;
    }

    // Reads every row, but only where a key is missing that may have closed one.
    private static void RequireNoRow(SqliteConnection connection, byte[] key, string folder)
    {
        long Rows(string sql)
        {
            using var count = new Statement(connection, sql);
            return count.Bind(1, key).Scalar();
        }

        const string IsOfKey = "closed = 1 AND substr(payload, 5, 16) = ?1";
        var waiting = Rows($"SELECT CAST(total(events) AS INTEGER) FROM chunks WHERE {IsOfKey}");
        var failed = Rows($"SELECT count(*) FROM failed WHERE {IsOfKey}");
        if (waiting + failed > 0)
        {
            throw new SettingUnusableException(
                $"{waiting} waiting and {failed} failed events of the outbox are encrypted with a key that is missing: {new Guid(key)}. Put key-{new Guid(key)}.xml back into Outbox:KeyDirectory, '{folder}'; "
                    + "where it is lost, so are these events: set Outbox:Path to another file."
            );
        }

        Rows("DELETE FROM payload_keys WHERE key = ?1");
    }
}

using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Encryption;

namespace OfflineConversions.Server.Outbox.Sqlite.Encryption;

/// <summary>The check at the start that every key is there that an event needs.</summary>
internal static class RequiredKeys
{
    /// <summary>Creates the first key if encryption is on, and looks for every key that a row needs.</summary>
    /// <exception cref="SettingUnusableException">A key is missing, or cannot be created.</exception>
    public static void Check(SqliteConnection connection, PayloadEncryption encryption)
    {
        try
        {
            if (encryption.IsOn)
            {
                encryption.Encrypt("{}"u8);
            }

            var missing = FindMissing(connection, encryption);
            missing.ForEach(key => RequireUnused(connection, key, encryption.Folder));
            if (missing.Count > 0)
            {
                // One of them may have been the damaged number of a key that is in use.
                Record(connection, encryption);
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
                $"The keys of the outbox cannot be read or created: {cause}. Outbox:KeyDirectory is "
                    + $"'{encryption.Folder}'. It must be a folder that this process can create, read and write.",
                reason
            );
        }
    }

    /// <summary>The recorded numbers that no key has. One that is damaged can have any length.</summary>
    private static List<byte[]> FindMissing(SqliteConnection connection, PayloadEncryption encryption)
    {
        var missing = new List<byte[]>();
        using var keys = new Statement(connection, "SELECT key FROM payload_keys");
        while (keys.Read())
        {
            var key = keys.Blob(0);
            if (!encryption.HasKey(key))
            {
                missing.Add(key);
            }
        }

        return missing;
    }

    // Reads every row, but only if a key is missing that may have encrypted one.
    private static void RequireUnused(SqliteConnection connection, byte[] key, string folder)
    {
        const string IsOfKey = "substr(payload, 1, 20) = ?1";
        var begin = PayloadEncryption.BeginOf(key);
        var waiting = Run(connection, $"SELECT CAST(total(events) AS INTEGER) FROM chunks WHERE {IsOfKey}", begin);
        var failed = Run(connection, $"SELECT count(*) FROM failed WHERE {IsOfKey}", begin);
        if (waiting + failed > 0)
        {
            throw new SettingUnusableException(
                $"{waiting} waiting and {failed} failed events of the outbox are encrypted with a key that is missing: "
                    + $"{new Guid(key)}. Put key-{new Guid(key)}.xml back into Outbox:KeyDirectory, '{folder}'. If the "
                    + "key is lost, so are these events: set Outbox:Path to another file."
            );
        }

        Run(connection, "DELETE FROM payload_keys WHERE key = ?1", key);
    }

    private static void Record(SqliteConnection connection, PayloadEncryption encryption)
    {
        foreach (var key in encryption.Keys)
        {
            Run(connection, "INSERT OR IGNORE INTO payload_keys (key) VALUES (?1)", key);
        }
    }

    private static long Run(SqliteConnection connection, string sql, byte[] key)
    {
        using var statement = new Statement(connection, sql);
        return statement.Bind(1, key).Scalar();
    }
}

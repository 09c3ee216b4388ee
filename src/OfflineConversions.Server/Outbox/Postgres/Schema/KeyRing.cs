using System.Security.Cryptography;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Schema;

/// <summary>
/// The check at the start that all replicas have the same encryption keys. Each records the key that it would use, so
/// of two with different keys the second one finds one that it does not have.
/// </summary>
internal static class KeyRing
{
    /// <summary>Checks the keys, and creates the first one if encryption is on.</summary>
    /// <exception cref="SettingUnusableException">A key is missing, or the keys cannot be read or created.</exception>
    public static async Task RequireSharedAsync(
        Database database,
        PayloadEncryption encryption,
        CancellationToken cancellationToken
    )
    {
        try
        {
            byte[]? own = encryption.IsOn ? [.. PayloadEncryption.KeyOf(encryption.Encrypt("{}"u8))] : null;
            var missing = await database.RunAsync(
                transaction => FindMissingAsync(transaction, own, encryption),
                cancellationToken
            );
            if (missing is { } key)
            {
                throw new SettingUnusableException(
                    $"The outbox in the database is encrypted with a key that this replica does not have: {key}. All "
                        + "replicas need the same keys: put the folder of Outbox:KeyDirectory on storage that they "
                        + $"share, or copy key-{key}.xml into '{encryption.Folder}'."
                );
            }
        }
        catch (Exception reason)
            when (reason
                    is CryptographicException
                        or IOException
                        or UnauthorizedAccessException
                        or InvalidOperationException
                && reason is not SettingUnusableException
                && DatabaseErrors.Describe(reason) is null
            )
        {
            throw new SettingUnusableException(
                $"The keys of the outbox cannot be read or created. Outbox:KeyDirectory is '{encryption.Folder}'. It "
                    + "must be a folder that this process can create, read and write.",
                reason
            );
        }
    }

    private static async Task<Guid?> FindMissingAsync(
        DatabaseTransaction transaction,
        byte[]? own,
        PayloadEncryption encryption
    )
    {
        // One replica at a time, so that the second one sees what the first has recorded.
        await transaction.ExecuteAsync("LOCK TABLE offlineconversions.payload_keys IN SHARE ROW EXCLUSIVE MODE");
        var recorded = await transaction.QueryAsync("SELECT key FROM offlineconversions.payload_keys", row =>
            row.GetGuid(0)
        );
        foreach (var key in recorded)
        {
            if (!encryption.HasKey(key.ToByteArray()))
            {
                return key;
            }
        }

        if (own is not null)
        {
            await transaction.ExecuteAsync(
                "INSERT INTO offlineconversions.payload_keys (key) VALUES ($1) ON CONFLICT DO NOTHING",
                new Guid(own)
            );
        }

        return null;
    }
}

using Npgsql;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>
/// The copy of a running server that a standby starts from, made as PostgreSQL's manual describes under "Making a Base
/// Backup Using the Low Level API". Not every package of PostgreSQL has pg_basebackup.
/// </summary>
internal static class PostgresCopy
{
    /// <summary>What a standby makes for itself. It receives the log from its primary.</summary>
    private static readonly string[] NotCopied = ["postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot"];

    /// <summary>Copies the files of a server while it runs.</summary>
    /// <param name="connectionString">How to reach it.</param>
    /// <param name="data">Its folder.</param>
    /// <param name="standby">The folder of the standby, which does not exist yet.</param>
    /// <param name="primary">How the standby reaches it, as its setting <c>primary_conninfo</c>.</param>
    public static async Task MakeStandbyAsync(string connectionString, string data, string standby, string primary)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using (var start = new NpgsqlCommand("SELECT pg_backup_start('standby', true)", connection))
        {
            await start.ExecuteNonQueryAsync();
        }

        CopyFolder(new DirectoryInfo(data), standby);
        await using var stop = new NpgsqlCommand("SELECT labelfile FROM pg_backup_stop(false)", connection);
        var label = (string)(await stop.ExecuteScalarAsync())!;
        await File.WriteAllTextAsync(Path.Combine(standby, "backup_label"), label);
        await File.WriteAllTextAsync(Path.Combine(standby, "standby.signal"), "");
        await File.AppendAllTextAsync(
            Path.Combine(standby, "postgresql.auto.conf"),
            $"primary_conninfo = '{primary}'\n"
        );
    }

    private static void CopyFolder(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (var folder in from.EnumerateDirectories())
        {
            if (NotCopied.Contains(folder.Name))
            {
                Directory.CreateDirectory(Path.Combine(to, folder.Name));
            }
            else
            {
                CopyFolder(folder, Path.Combine(to, folder.Name));
            }
        }

        foreach (var file in from.EnumerateFiles().Where(file => !NotCopied.Contains(file.Name)))
        {
            try
            {
                file.CopyTo(Path.Combine(to, file.Name));
            }
            catch (FileNotFoundException)
            {
                // The server deletes temporary files at any time.
            }
        }
    }
}

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing;

/// <summary>
/// Which errors are the machine's and not ours: they are answered with "try again later". Source: SQLite, "Result and
/// Error Codes".
/// </summary>
internal static class DiskTrouble
{
    /// <summary>Whether the file itself has come to harm.</summary>
    public static bool IsDamage(Exception error) =>
        error is SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB };

    /// <summary>What to tell the operator, or <see langword="null"/> where the error is a defect.</summary>
    public static string? Describe(Exception error) =>
        error is IOException ? "The disk has no room for the reserve beside the outbox."
        : error is not SqliteException sqlite ? null
        : sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => "The disk is full.",
            raw.SQLITE_IOERR => $"The disk reports an error (SQLite {sqlite.SqliteExtendedErrorCode}).",
            raw.SQLITE_READONLY => "The outbox file cannot be written.",
            raw.SQLITE_CANTOPEN => "A file beside the outbox cannot be opened.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another program holds the outbox file.",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                "The outbox file is damaged; a restart recovers what can be read.",
            raw.SQLITE_NOMEM => "There is not enough memory.",
            _ => null,
        };
}

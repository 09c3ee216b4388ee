using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;

/// <summary>
/// Separates errors of the machine, to which the response is "try again later", from defects of this program. Source:
/// SQLite, "Result and Error Codes".
/// </summary>
internal static class DiskErrors
{
    /// <summary>Whether the file itself is damaged.</summary>
    public static bool IsDamage(Exception error) =>
        error is SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB };

    /// <summary>The problem in words for the operator; <see langword="null"/> if the error is a defect.</summary>
    public static string? Describe(Exception error) =>
        ReadOnlyFiles.IsReadOnly(error) ? ReadOnlyFiles.Problem
        : error is IOException ? "The disk has no room for the reserve beside the outbox."
        : error is not SqliteException sqlite ? null
        : sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => "The disk is full.",
            raw.SQLITE_IOERR => $"The disk reports an error (SQLite {sqlite.SqliteExtendedErrorCode}).",
            raw.SQLITE_CANTOPEN => "A file beside the outbox cannot be opened.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another program has locked the outbox file.",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                "The outbox file is damaged. A restart recovers what can be read.",
            raw.SQLITE_NOMEM => "There is not enough memory.",
            _ => null,
        };
}

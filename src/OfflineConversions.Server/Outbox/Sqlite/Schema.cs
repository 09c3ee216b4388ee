using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>
/// The tables, and the ordered steps that lead to them from any earlier version: the files in <c>Migrations</c>. A
/// released step never changes.
/// </summary>
internal static class Schema
{
    /// <summary>Far beyond what any program will reach.</summary>
    private const int HighestPlausibleVersion = 255;

    private static readonly string[] Steps = ReadSteps();

    /// <summary>The version this program writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>Migrates the database to this program's version, each step in its own transaction.</summary>
    /// <exception cref="SettingUnusableException">A newer program wrote the file.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        var found = VersionOf(connection);
        if (found > Version)
        {
            throw new SettingUnusableException(
                $"The outbox '{connection.DataSource}' was written by a newer version of this program (schema {found}; "
                    + $"this program supports {Version}). Start the newer version, or set Outbox:Path to another file."
            );
        }

        Migrate(connection, (int)found, Version);
    }

    /// <summary>
    /// What is wrong with the tables that SQLite itself cannot find, or <see langword="null"/>. Additional tables and
    /// columns are harmless.
    /// </summary>
    public static string? FindDamage(SqliteConnection connection)
    {
        var found = VersionOf(connection);
        if (found is < 0 or > HighestPlausibleVersion)
        {
            return "its version makes no sense";
        }

        if (found > Version)
        {
            return null; // A newer program's file is not damaged.
        }

        using var sound = new SqliteConnection("Data Source=:memory:");
        sound.Open();
        Migrate(sound, 0, (int)found);
        var (expected, actual) = (ColumnsOf(sound), ColumnsOf(connection));
        Migrate(sound, (int)found, (int)Math.Min(found + 1, Version));
        return !expected.IsSubsetOf(actual) ? "a table or column is missing"
            : ColumnsOf(sound).Except(expected).Any(actual.Contains) ? "its tables are of a later version than it says"
            : null;
    }

    private static long VersionOf(SqliteConnection connection)
    {
        using var version = new Statement(connection, "PRAGMA user_version");
        return version.Scalar();
    }

    /// <summary>
    /// The tables with their columns, and the indexes. Each name twice: as it is listed, and as SQLite reads it from
    /// the text of the schema. It compares names without case when it uses them, but not when it changes them, so a
    /// migration would fail where the two differ.
    /// </summary>
    private static HashSet<string> ColumnsOf(SqliteConnection connection)
    {
        var columns = new HashSet<string>(StringComparer.Ordinal);
        using var rows = new Statement(
            connection,
            """
            SELECT sqlite_schema.name || ' ' || ifnull(named.name || ' ' || named.type, '')
            FROM sqlite_schema LEFT JOIN pragma_table_info(sqlite_schema.name) AS named
            UNION ALL
            SELECT type || ' of ' || tbl_name || ' ' || name FROM sqlite_schema
            UNION ALL
            SELECT 'parsed ' || name FROM pragma_table_list WHERE schema = 'main'
            UNION ALL
            SELECT 'parsed ' || named.name FROM sqlite_schema JOIN pragma_index_list(sqlite_schema.name) AS named
            """
        );
        while (rows.Read())
        {
            columns.Add(rows.Text(0));
        }

        return columns;
    }

    private static void Migrate(SqliteConnection connection, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            Execute(connection, $"BEGIN IMMEDIATE; {Steps[step]} PRAGMA user_version = {step + 1}; COMMIT;");
        }
    }

    private static string[] ReadSteps() =>
        [
            .. typeof(Schema)
                .Assembly.GetManifestResourceNames()
                .Where(name =>
                    name.StartsWith("Outbox/", StringComparison.Ordinal)
                    && name.EndsWith(".sql", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
                .Select(Read),
        ];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is from this program's own resources.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}

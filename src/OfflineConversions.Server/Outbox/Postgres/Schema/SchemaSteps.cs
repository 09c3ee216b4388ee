using System.Globalization;
using Npgsql;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Schema;

/// <summary>
/// The tables, and the ordered steps that lead to them: the files in <c>Migrations</c>. A released step never changes,
/// and nothing is ever taken back. A step says in its first line with which step a program must come to work with its
/// tables, so that replicas of an earlier version may go on while a new one starts.
/// </summary>
internal static class SchemaSteps
{
    private const string Mark = "-- compatible-from: ";
    private const string Folder = "Postgres/";
    private const long LockKey = 0x0FF1_C0DE_0001;
    private const int LongestSeconds = 300;

    private static readonly IReadOnlyList<string> Steps = ReadSteps();

    /// <summary>The step that this program comes with.</summary>
    public static int Version => Steps.Count;

    /// <summary>
    /// Applies the steps that are missing, in one transaction that others wait for. A replica that finds them applied
    /// changes nothing.
    /// </summary>
    /// <exception cref="SettingUnusableException">The tables belong to a newer program.</exception>
    public static Task<int> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        MigrateAsync(connection, Steps, cancellationToken);

    /// <summary>Applies the missing ones of some steps.</summary>
    /// <returns>How many were applied.</returns>
    public static async Task<int> MigrateAsync(
        NpgsqlConnection connection,
        IReadOnlyList<string> steps,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(
            connection,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SET LOCAL lock_timeout = '{LongestSeconds}s';
                SET LOCAL statement_timeout = '{LongestSeconds}s';
                SELECT pg_advisory_xact_lock({LockKey});
                """
            ),
            cancellationToken
        );
        var found = await FindAsync(connection, cancellationToken);
        if (found.CompatibleFrom > steps.Count)
        {
            throw new SettingUnusableException(
                $"The tables of the outbox belong to a newer version of this program (step {found.Last}; this program "
                    + $"comes with {steps.Count}). Start the newer version."
            );
        }

        for (var step = found.Last; step < steps.Count; step++)
        {
            await RunAsync(connection, steps[step], cancellationToken);
            await RunAsync(
                connection,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    INSERT INTO {Database.Schema}.schema_steps
                    VALUES ({step + 1}, {CompatibleFrom(steps[step])}, now())
                    """
                ),
                cancellationToken
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return Math.Max(0, steps.Count - found.Last);
    }

    private static async Task<(int Last, int CompatibleFrom)> FindAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        // CREATE … IF NOT EXISTS asks for the right to create even if it exists.
        await RunAsync(
            connection,
            $"""
            DO $$ BEGIN
                IF to_regnamespace('{Database.Schema}') IS NULL THEN CREATE SCHEMA {Database.Schema}; END IF;
                IF to_regclass('{Database.Schema}.schema_steps') IS NULL THEN
                    CREATE TABLE {Database.Schema}.schema_steps (
                        step integer PRIMARY KEY, compatible_from integer NOT NULL, applied_at timestamptz NOT NULL);
                END IF;
            END $$
            """,
            cancellationToken
        );
        await using var command = new NpgsqlCommand(
            $"SELECT coalesce(max(step), 0), coalesce(max(compatible_from), 0) FROM {Database.Schema}.schema_steps",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    private static int CompatibleFrom(string step) =>
        step.StartsWith(Mark, StringComparison.Ordinal)
            ? int.Parse(
                step[Mark.Length..step.IndexOf('\n', StringComparison.Ordinal)].Trim(),
                CultureInfo.InvariantCulture
            )
            : throw new InvalidOperationException($"A migration does not begin with '{Mark}'.");

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The text is from this program's own resources.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = LongestSeconds };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static IReadOnlyList<string> ReadSteps() =>
        [
            .. typeof(SchemaSteps)
                .Assembly.GetManifestResourceNames()
                .Where(name =>
                    name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
                .Select(Read),
        ];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(SchemaSteps).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

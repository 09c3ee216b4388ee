using System.Text.Json;
using Npgsql;

namespace OfflineConversions.Server.Outbox.Postgres.Importing;

/// <summary>A row of <c>imports</c>.</summary>
/// <param name="Record">The import as stored.</param>
/// <param name="Run">Its last run.</param>
/// <param name="Replica">The replica of that run.</param>
/// <param name="IsAlive">Whether it shows signs of life.</param>
internal sealed record StoredImport(ImportRecord Record, ImportRun Run, Guid Replica, bool IsAlive)
{
    /// <summary>
    /// The columns that <see cref="Read"/> reads, in its order. The store's time is the first parameter.
    /// </summary>
    public const string Columns = """
        number, id, connection, dry_run, caller, state, started_at, ended_at, progress, problem, run, replica,
        EXISTS (SELECT FROM offlineconversions.tasks AS t WHERE t.name = 'replica ' || replica::text AND t.until > $1)
        """;

    /// <summary>Reads the columns.</summary>
    public static StoredImport Read(NpgsqlDataReader row) =>
        new(
            new ImportRecord(
                row.GetInt64(0),
                new NewImport(row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetString(4)),
                Enum.TryParse<ImportState>(row.GetString(5), out var state) ? state : ImportState.Failed,
                ChunkFormat.ReadTime(row.GetInt64(6)),
                row.IsDBNull(7) ? null : ChunkFormat.ReadTime(row.GetInt64(7)),
                ReadProgress(row.GetString(8)),
                row.IsDBNull(9) ? null : row.GetString(9)
            ),
            new ImportRun(row.GetInt64(0), row.GetInt64(10)),
            row.GetGuid(11),
            row.GetBoolean(12)
        );

    /// <summary>What a row holds for progress.</summary>
    public static string Write(ImportProgress progress) => JsonSerializer.Serialize(progress);

    // A damaged row loses its counts, not the list of imports.
    private static ImportProgress ReadProgress(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ImportProgress>(json) ?? ImportProgress.None;
        }
        catch (JsonException)
        {
            return ImportProgress.None;
        }
    }
}

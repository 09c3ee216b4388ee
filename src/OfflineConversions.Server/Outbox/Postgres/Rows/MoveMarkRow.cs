using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Rows;

/// <summary>The mark that a move leaves in the database.</summary>
internal static class MoveMarkRow
{
    /// <summary>The database in a sentence.</summary>
    public const string Name = "the PostgreSQL database";

    /// <summary>Reads it; <see langword="null"/> if there is none.</summary>
    public static async Task<MoveMark?> ReadAsync(DatabaseTransaction transaction) =>
        (
            await transaction.QueryAsync("SELECT move, stage, at FROM offlineconversions.moves", row => new MoveMark(
                row.GetGuid(0),
                Enum.Parse<MoveStage>(row.GetString(1)),
                ChunkFormat.ReadTime(row.GetInt64(2))
            ))
        ).SingleOrDefault();

    /// <summary>Why a closed database is not used.</summary>
    public static async Task<string> RefusalAsync(DatabaseTransaction transaction) =>
        (await ReadAsync(transaction))?.Refusal(Name) ?? $"A move has closed {Name}.";
}

namespace OfflineConversions.Server.Outbox.Postgres.Rows;

/// <summary>
/// A <see cref="FailedSelection"/> as SQL over <c>failed AS f</c> joined with <c>destinations AS d</c>. It uses the
/// first five parameters.
/// </summary>
internal static class FailedCondition
{
    public const string Sql = """
        ($1::text IS NULL OR d.connection = $1) AND ($2::text IS NULL OR f.reason = $2)
        AND ($3::bigint IS NULL OR f.failed_at >= $3) AND ($4::bigint IS NULL OR f.failed_at < $4)
        AND ($5::bigint[] IS NULL OR f.id = ANY($5))
        """;

    /// <summary>The values of its parameters.</summary>
    public static object?[] Values(FailedSelection selection) =>
        [
            selection.Connection,
            selection.Reason,
            selection.Since?.ToUnixTimeMilliseconds(),
            selection.Until?.ToUnixTimeMilliseconds(),
            selection.Ids?.ToArray(),
        ];
}

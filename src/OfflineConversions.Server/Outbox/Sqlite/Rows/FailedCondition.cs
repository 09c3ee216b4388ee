using System.Globalization;

namespace OfflineConversions.Server.Outbox.Sqlite.Rows;

/// <summary>
/// A <see cref="FailedSelection"/> as SQL over <c>failed</c> joined with <c>destinations</c>. It uses the first five
/// parameters.
/// </summary>
internal static class FailedCondition
{
    public const string Sql = """
        (?1 IS NULL OR connection = ?1) AND (?2 IS NULL OR reason = ?2)
        AND (?3 IS NULL OR failed_at >= ?3) AND (?4 IS NULL OR failed_at < ?4)
        AND (?5 IS NULL OR failed.id IN (SELECT value FROM json_each(?5)))
        """;

    public static Statement Bind(this Statement statement, FailedSelection selection) =>
        statement
            .Bind(1, selection.Connection)
            .Bind(2, selection.Reason)
            .Bind(3, selection.Since?.ToUnixTimeMilliseconds())
            .Bind(4, selection.Until?.ToUnixTimeMilliseconds())
            .Bind(
                5,
                selection.Ids is { } ids
                    ? $"[{string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))}]"
                    : null
            );
}

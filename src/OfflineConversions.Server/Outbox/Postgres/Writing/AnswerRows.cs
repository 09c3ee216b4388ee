using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>What Meta said last to chunks that wait for another attempt: one row for each.</summary>
internal static class AnswerRows
{
    /// <summary>Notes them, in place of what it said before.</summary>
    public static DatabaseCommand Set(IReadOnlyList<NotedAnswer> answered, long now)
    {
        var sorted = answered.OrderBy(one => one.Chunk.Value).ToArray(); // no two transactions wait in a circle
        return new DatabaseCommand(
            """
            INSERT INTO offlineconversions.journal_answers (chunk, code, subcode, title, trace_id, field, at)
            SELECT chunk, code, subcode, title, trace_id, field, $1
            FROM unnest($2::bigint[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[])
                AS answered (chunk, code, subcode, title, trace_id, field)
            ON CONFLICT (chunk) DO UPDATE SET code = excluded.code, subcode = excluded.subcode,
                title = excluded.title, trace_id = excluded.trace_id, field = excluded.field, at = excluded.at
            """,
            now,
            Array.ConvertAll(sorted, one => one.Chunk.Value),
            Array.ConvertAll(sorted, one => one.Answer.Code),
            Array.ConvertAll(sorted, one => one.Answer.Subcode),
            Array.ConvertAll(sorted, one => one.Answer.Title),
            Array.ConvertAll(sorted, one => one.Answer.TraceId),
            Array.ConvertAll(sorted, one => one.Answer.Field)
        );
    }
}

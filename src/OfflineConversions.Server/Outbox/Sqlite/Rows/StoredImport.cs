using System.Buffers.Binary;
using System.Text.Json;

namespace OfflineConversions.Server.Outbox.Sqlite.Rows;

/// <summary>A row of <c>imports</c>.</summary>
internal static class StoredImport
{
    /// <summary>The columns that <see cref="Read"/> reads, in its order.</summary>
    public const string Columns =
        "number, id, connection, dry_run, caller, state, started_at, ended_at, rows, position, digest, head_position, "
        + "head_digest, accepted, ignored, rejected, reasons, warnings, rows_per_hour, problem, run";

    private const double SecondsPerHour = 3600;

    /// <summary>The import of the statement's current row.</summary>
    public static ImportRecord Read(Statement row) =>
        new(
            row.Integer(0),
            new NewImport(row.Text(1), row.Text(2), row.Integer(3) != 0, row.Text(4)),
            Enum.TryParse<ImportState>(row.Text(5), out var state) ? state : ImportState.Failed,
            row.Time(6),
            row.OptionalLong(7) is { } ended ? ChunkFormat.ReadTime(ended) : null,
            new ImportProgress
            {
                Rows = row.Integer(8),
                Position = row.Integer(9),
                Digest = ReadDigest(row.Blob(10)),
                HeadPosition = row.Integer(11),
                HeadDigest = ReadDigest(row.Blob(12)),
                Accepted = row.Integer(13),
                Ignored = row.Integer(14),
                Rejected = row.Integer(15),
                Reasons = ReadCounts(row.Text(16)),
                Warnings = ReadCounts(row.Text(17)),
                RowsPerSecond = row.Integer(18) / SecondsPerHour,
            },
            row.OptionalText(19)
        );

    /// <summary>The run of the statement's current row.</summary>
    public static ImportRun RunOf(Statement row) => new(row.Integer(0), row.Integer(20));

    /// <summary>Binds progress to eleven places.</summary>
    public static Statement Bind(Statement statement, int first, ImportProgress progress) =>
        statement
            .Bind(first, progress.Rows)
            .Bind(first + 1, progress.Position)
            .Bind(first + 2, Write(progress.Digest))
            .Bind(first + 3, progress.HeadPosition)
            .Bind(first + 4, Write(progress.HeadDigest))
            .Bind(first + 5, progress.Accepted)
            .Bind(first + 6, progress.Ignored)
            .Bind(first + 7, progress.Rejected)
            .Bind(first + 8, JsonSerializer.Serialize(progress.Reasons))
            .Bind(first + 9, JsonSerializer.Serialize(progress.Warnings))
            .Bind(first + 10, (long)(progress.RowsPerSecond * SecondsPerHour));

    private static byte[] Write(UInt128 digest)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, digest);
        return bytes;
    }

    private static UInt128 ReadDigest(byte[] bytes) =>
        bytes.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : default;

    // A damaged row loses its counts by reason, not the list of imports.
    private static Dictionary<string, long> ReadCounts(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, long>>(json) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

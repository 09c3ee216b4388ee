using Npgsql;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Postgres.Rows;

/// <summary>A row of <c>destinations</c>.</summary>
internal sealed record DestinationRow(string Connection, string Api, string DatasetId, string? UploadTag)
{
    /// <summary>The columns that <see cref="Read"/> reads, in order.</summary>
    public const string Columns = "d.connection, d.api, d.dataset, d.upload_tag";

    /// <summary>Where its chunks go; <see langword="null"/> if the API is unknown.</summary>
    public Destination? Value { get; } =
        Enum.TryParse<MetaApi>(Api, out var api) && Enum.IsDefined(api)
            ? new Destination(Connection, api, DatasetId, UploadTag)
            : null;

    /// <summary>What is known of it, also if the API is not.</summary>
    public Destination Known => Value ?? new Destination(Connection, default, DatasetId, UploadTag);

    /// <summary>What the checksums of its chunks include.</summary>
    public long Digest { get; } = DestinationDigest.Of(Connection, Api, DatasetId, UploadTag);

    /// <summary>Reads four columns.</summary>
    public static DestinationRow Read(NpgsqlDataReader row, int first) =>
        new(
            row.GetString(first),
            row.GetString(first + 1),
            row.GetString(first + 2),
            row.IsDBNull(first + 3) ? null : row.GetString(first + 3)
        );

    /// <summary>The row of a destination.</summary>
    public static DestinationRow Of(Destination destination) =>
        new(destination.Connection, destination.Api.ToString(), destination.DatasetId, destination.UploadTag);
}

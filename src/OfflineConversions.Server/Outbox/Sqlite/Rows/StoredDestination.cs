namespace OfflineConversions.Server.Outbox.Sqlite.Rows;

/// <summary>A row of <c>destinations</c>, whatever it says after damage.</summary>
/// <param name="Connection">The column <c>connection</c>.</param>
/// <param name="Api">The column <c>api</c>.</param>
/// <param name="DatasetId">The column <c>dataset</c>.</param>
/// <param name="UploadTag">The column <c>upload_tag</c>.</param>
internal sealed record StoredDestination(string Connection, string Api, string DatasetId, string? UploadTag)
{
    /// <summary>Where its chunks go; <see langword="null"/> if the API is unknown, which only damage causes.</summary>
    public Destination? Value { get; } =
        StoredApi.Read(Api) is { } known ? new Destination(Connection, known, DatasetId, UploadTag) : null;

    /// <summary>What the checksums of its chunks include.</summary>
    public long Digest { get; } = DestinationDigest.Of(Connection, Api, DatasetId, UploadTag);

    /// <summary>Reads four columns in the order of the parameters.</summary>
    public static StoredDestination Read(Statement row, int first) =>
        new(row.Text(first), row.Text(first + 1), row.Text(first + 2), row.OptionalText(first + 3));

    /// <summary>The row of a destination.</summary>
    public static StoredDestination Of(Destination destination) =>
        new(destination.Connection, StoredApi.Write(destination.Api), destination.DatasetId, destination.UploadTag);
}

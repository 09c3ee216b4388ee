namespace OfflineConversions.Sources.FlatFile;

/// <summary>Settings of connections whose sales come in files.</summary>
public sealed class FlatFileOptions
{
    /// <summary>Meta's name of events in files without such a column. Default <c>Purchase</c>.</summary>
    public string? EventName { get; set; } = "Purchase";

    /// <summary>
    /// The time zone of times that name none: a name of the IANA database, for example <c>Europe/Berlin</c>. Default
    /// <c>UTC</c>.
    /// </summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>
    /// The file's columns with Meta's names for them: <c>"Bon-Nr": "order_id"</c>. They win over what the service
    /// recognises. An empty name leaves the column out. Default: none.
    /// </summary>
    public Dictionary<string, string> Columns { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The encoding of the file: <c>UTF-8</c>, <c>UTF-16</c>, <c>Windows-1252</c>. Default <c>Auto</c>: as its first
    /// bytes show, else UTF-8, else Windows-1252.
    /// </summary>
    public string Encoding { get; set; } = FlatFileFormat.Auto;

    /// <summary>
    /// What separates the columns: <c>,</c>, <c>;</c>, <c>|</c> or <c>Tab</c>. Default <c>Auto</c>: as the header
    /// shows. </summary>
    public string Separator { get; set; } = FlatFileFormat.Auto;

    /// <summary>
    /// The decimal separator of amounts: <c>.</c> or <c>,</c>. Default <c>Auto</c>: as the first rows show.
    /// </summary>
    public string DecimalSeparator { get; set; } = FlatFileFormat.Auto;

    /// <summary>
    /// The column whose value is the event id. Default: none; the id is made from the content of the row.
    /// </summary>
    public string? EventIdColumn { get; set; }
}

using OfflineConversions.Cli.Commands;

namespace OfflineConversions.Cli.Importing;

/// <summary>What is imported, and how.</summary>
/// <param name="File">The file.</param>
/// <param name="Connection">The connection whose events the rows are.</param>
/// <param name="Id">The id of the import.</param>
/// <param name="IsDryRun">Whether the service only counts.</param>
/// <param name="Patience">How long to try again without any progress before giving up.</param>
internal sealed record ImportRequest(ImportFile File, string Connection, string Id, bool IsDryRun, TimeSpan Patience)
{
    /// <summary>Where the file is sent.</summary>
    public string Route =>
        Described.Route("/api/imports", ("connection", Connection), ("id", Id), ("dryRun", IsDryRun ? "true" : null));

    /// <summary>Where the import is watched.</summary>
    public string ProgressRoute => RouteOf(Id);

    /// <summary>Where an import is watched.</summary>
    public static string RouteOf(string id) => $"/api/imports/{Uri.EscapeDataString(id)}";
}

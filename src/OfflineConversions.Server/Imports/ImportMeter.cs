using System.Diagnostics.Metrics;
using OfflineConversions.Server.Metrics;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Imports;

/// <summary>Counts imports and their rows. Their events are counted like all others.</summary>
internal sealed class ImportMeter
{
    private static readonly ImportState[] Ends =
    [
        ImportState.Completed,
        ImportState.Interrupted,
        ImportState.Cancelled,
        ImportState.Failed,
    ];

    private readonly Counter<long> _imports;
    private readonly Counter<long> _rows;

    public ImportMeter(IMeterFactory meters, RunningImports running)
    {
        var meter = new ServiceMeter(meters, "Imports");
        _imports = meter.Counter("offlineconversions.imports", "Imports of files that ended, by state.");
        _rows = meter.Counter("offlineconversions.import.rows", "Rows of files that were read, dry runs included.");
        meter.Gauge<int>("offlineconversions.imports.running", "Imports that run now.", () =>
            [new Measurement<int>(running.Count)]
        );
    }

    /// <summary>Creates the series of a connection at 0.</summary>
    public void Announce(string connection)
    {
        foreach (var isDryRun in (bool[])[false, true])
        {
            foreach (var state in Ends)
            {
                Count(connection, isDryRun, state, imports: 0, rows: 0);
            }
        }
    }

    /// <summary>Counts an import that ended.</summary>
    public void Ended(NewImport import, ImportState state, long rows) =>
        Count(import.Connection, import.IsDryRun, state, imports: 1, rows);

    private void Count(string name, bool isDryRun, ImportState state, long imports, long rows)
    {
        KeyValuePair<string, object?> connection = new("connection", name);
        KeyValuePair<string, object?> dryRun = new("dry_run", isDryRun ? "true" : "false");
        _imports.Add(imports, connection, dryRun, new("state", state.ToString().ToLowerInvariant()));
        _rows.Add(rows, connection, dryRun);
    }
}

using System.Diagnostics.Metrics;
using OfflineConversions.Server.Metrics;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Imports;

/// <summary>Counts imports and their rows. Their events are counted like all others.</summary>
internal sealed class ImportMeter
{
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

    /// <summary>Counts an import that ended.</summary>
    public void Ended(NewImport import, ImportState state, long rows)
    {
        KeyValuePair<string, object?> connection = new("connection", import.Connection);
        KeyValuePair<string, object?> dryRun = new("dry_run", import.IsDryRun ? "true" : "false");
        _imports.Add(1, connection, dryRun, new("state", state.ToString().ToLowerInvariant()));
        _rows.Add(rows, connection, dryRun);
    }
}

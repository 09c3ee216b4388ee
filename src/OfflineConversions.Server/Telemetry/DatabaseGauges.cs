using System.Diagnostics.Metrics;
using OfflineConversions.Server.Metrics;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// What the outbox takes of its database server, as gauges. It is read a few times a minute at most, however often it
/// is asked for, and never delays the other metrics for long. Without a server there are no such series.
/// </summary>
internal sealed class DatabaseGauges
{
    /// <summary>The shortest time between two readings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>How long a reading may delay the other metrics; what it finds later is shown the next time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly IDatabaseUse _store;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Task _reading = Task.CompletedTask;
    private long? _readAt;
    private volatile DatabaseUse? _last;

    public DatabaseGauges(IMeterFactory meters, IDatabaseUse store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        var meter = new ServiceMeter(meters, "Database");
        meter.Gauge(
            "offlineconversions.database.table.size",
            "Size of a table of the outbox, by part.",
            () => Tables(table => [new("table", table.TableBytes), new("indexes", table.IndexBytes)], "part"),
            "By"
        );
        meter.Gauge(
            "offlineconversions.database.table.rows",
            "Rows of a table of the outbox, as the server estimates.",
            () => Tables(table => [new("live", table.LiveRows), new("dead", table.DeadRows)], "state")
        );
        meter.Gauge("offlineconversions.database.partitions", "Partitions of the bodies of waiting events.", () =>
            Values(
                use => [new("filled", use.Partitions.Filled), new("current", 1), new("ahead", use.Partitions.Ahead)],
                "state"
            )
        );
        meter.Gauge(
            "offlineconversions.database.partition.oldest",
            "Since when the oldest partition of the bodies has been in use.",
            Oldest,
            "s"
        );
        meter.Gauge("offlineconversions.database.connections", "Sessions of the outbox's user at the server.", () =>
            Values(
                use =>
                    ((string[])["active", "idle", "waiting"]).Select(state => new Part(
                        state,
                        use.Connections.GetValueOrDefault(state)
                    )),
                "state"
            )
        );
    }

    /// <summary>Reads from the server, if it is time.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        Task reading;
        lock (_gate)
        {
            if (_reading.IsCompleted && (_readAt is not { } at || _time.GetElapsedTime(at) >= Interval))
            {
                _readAt = _time.GetTimestamp();
                _reading = ReadAsync();
            }

            reading = _reading;
        }

        await Task.WhenAny(reading, Task.Delay(Patience, _time, cancellationToken));
    }

    private async Task ReadAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout, _time);
        try
        {
            _last = await _store.DatabaseUseAsync(timeout.Token);
        }
        catch (Exception failure) when (failure is OutboxUnavailableException or OperationCanceledException)
        {
            // The gauges keep the last values; the log and /readyz say what is wrong.
        }
    }

    private IEnumerable<Measurement<double>> Oldest() =>
        _last is { } use ? [new Measurement<double>(Math.Max(0, use.Partitions.Oldest.TotalSeconds))] : [];

    private IEnumerable<Measurement<long>> Values(Func<DatabaseUse, IEnumerable<Part>> of, string label) =>
        _last is { } use ? of(use).Select(one => new Measurement<long>(one.Value, Tag(label, one.Label))) : [];

    private IEnumerable<Measurement<long>> Tables(Func<TableUse, IEnumerable<Part>> of, string label) =>
        (_last?.Tables ?? []).SelectMany(table =>
            of(table).Select(one => new Measurement<long>(one.Value, Tag("table", table.Name), Tag(label, one.Label)))
        );

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private readonly record struct Part(string Label, long Value);
}

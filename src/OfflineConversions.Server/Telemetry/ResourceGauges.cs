using System.Diagnostics.Metrics;
using OfflineConversions.Server.Alerts;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Metrics;

namespace OfflineConversions.Server.Telemetry;

/// <summary>What runs out or is replaced: the disk of the outbox, and write keys.</summary>
internal sealed class ResourceGauges
{
    private readonly ConnectionRegistry _connections;

    public ResourceGauges(IMeterFactory meters, ConnectionRegistry connections, OutboxDisk disk)
    {
        _connections = connections;
        var files = new ServiceMeter(meters, "Outbox");
        files.Gauge("offlineconversions.outbox.disk.free", "Free bytes on the disk of the outbox.", Free, "By");
        files.Gauge("offlineconversions.outbox.disk.size", "The size of the disk of the outbox.", Size, "By");
        new ServiceMeter(meters, "Keys").Gauge(
            "offlineconversions.write_key.last_used.timestamp",
            "When a post last presented the write key, in Unix seconds; 0 if none has since the start.",
            LastUses,
            "s"
        );

        IEnumerable<Measurement<long>> Free() => disk.FreeBytes is { } bytes ? [new(bytes)] : [];
        IEnumerable<Measurement<long>> Size() => disk.SizeBytes is { } bytes ? [new(bytes)] : [];
    }

    private IEnumerable<Measurement<long>> LastUses() =>
        _connections.Current.Keys.All.Select(key => new Measurement<long>(
            key.LastUsedAt?.ToUnixTimeSeconds() ?? 0,
            new KeyValuePair<string, object?>("connection", key.Connection.Name),
            new KeyValuePair<string, object?>("key", key.Name)
        ));
}

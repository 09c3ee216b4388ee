using System.Diagnostics.Metrics;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Metrics;

namespace OfflineConversions.Server.Doctor;

/// <summary>The end of each connection's token as a gauge.</summary>
internal sealed class TokenMetrics
{
    public TokenMetrics(IMeterFactory meters, ConnectionRegistry connections, TokenFindings findings) =>
        new ServiceMeter(meters, "Tokens").Gauge(
            "offlineconversions.connection.token.expires.timestamp",
            "When the connection's token ends, in seconds since 1970; 0 if never, or if that is unknown.",
            () =>
                connections.All.Select(connection => new Measurement<long>(
                    findings.Of(connection)?.ExpiresAt?.ToUnixTimeSeconds() ?? 0,
                    new KeyValuePair<string, object?>("connection", connection.Name)
                )),
            "s"
        );
}

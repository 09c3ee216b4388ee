using System.Diagnostics.Metrics;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Metrics;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Counts posts and events. Tags are names from the configuration and the service's own codes, never content of an
/// event.
/// </summary>
internal sealed class IngestionMeter
{
    private readonly Counter<long> _events;
    private readonly Counter<long> _warnings;
    private readonly Histogram<double> _requests;

    public IngestionMeter(IMeterFactory meters)
    {
        var meter = new ServiceMeter(meters, "Ingestion");
        _events = meter.Counter("offlineconversions.events", "Source events by outcome and reason.");
        _warnings = meter.Counter(
            "offlineconversions.event.warnings",
            "Warnings about what was left out of events or changed in them."
        );
        _requests = meter.Seconds(
            "offlineconversions.request.duration",
            "Posts from sources, by the status of the response."
        );
    }

    /// <summary>Records the response to a post.</summary>
    public void Responded(SourceDefinition source, int status, TimeSpan duration) =>
        _requests.Record(duration.TotalSeconds, new("source", source.Tag), new("status", status));

    /// <summary>Counts events by outcome, and their warnings.</summary>
    public void Counted(Connection connection, IReadOnlyList<EventOutcome> outcomes)
    {
        // A body may have thousands of events and has few different codes, so each code is recorded once. Most bodies
        // have one event.
        if (outcomes is [var only])
        {
            Count(connection, only.Outcome, only.Reason, 1);
        }
        else
        {
            foreach (var ((outcome, reason), times) in outcomes.CountBy(one => (one.Outcome, one.Reason)))
            {
                Count(connection, outcome, reason, times);
            }
        }

        if (outcomes.Any(outcome => outcome.Warnings.Count > 0))
        {
            foreach (var (warning, times) in outcomes.SelectMany(one => one.Warnings).CountBy(code => code))
            {
                _warnings.Add(
                    times,
                    new("source", connection.Source.Tag),
                    new("connection", connection.Name),
                    new("warning", warning)
                );
            }
        }
    }

    private void Count(Connection connection, Outcome outcome, string? reason, int times) =>
        _events.Add(
            times,
            [
                new("source", connection.Source.Tag),
                new("connection", connection.Name),
                new("outcome", outcome.Name()),
                new("reason", reason ?? string.Empty),
            ]
        );
}

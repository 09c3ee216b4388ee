using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using OfflineConversions.Server.Metrics;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>The metrics of requests to Meta, by connection and result.</summary>
internal sealed class GraphMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _inDoubt;
    private readonly Histogram<double> _duration;

    public GraphMetrics(IMeterFactory meters)
    {
        var meter = new ServiceMeter(meters, "Delivery");
        _requests = meter.Counter("offlineconversions.delivery.requests", "Requests to Meta by result.");
        _inDoubt = meter.Counter(
            "offlineconversions.delivery.requests.in_doubt",
            "Requests that Meta may have accepted although no response arrived."
        );
        _duration = meter.Seconds("offlineconversions.delivery.request.duration", "How long one attempt took.");
    }

    /// <summary>Counts one attempt.</summary>
    public void Attempted(string connection, GraphResponse response, TimeSpan duration)
    {
        var tags = new TagList { { "connection", connection }, { "result", Result(response) } };
        _requests.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
        if (response.Transport == Transport.InDoubt)
        {
            _inDoubt.Add(1, new TagList { { "connection", connection } });
        }
    }

    private static string Result(GraphResponse response) =>
        response switch
        {
            { Transport: Transport.NeverSent } => "never_sent",
            { Transport: Transport.InDoubt } => "in_doubt",
            { Error: { } error } => string.Create(CultureInfo.InvariantCulture, $"error_{error.Code}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"http_{response.Status}"),
        };
}

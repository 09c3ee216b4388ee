using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>The metrics of requests to Meta, by connection and result.</summary>
internal sealed class GraphMetrics
{
    /// <summary>The meter of all delivery metrics.</summary>
    public const string MeterName = "OfflineConversions.Delivery";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _inDoubt;
    private readonly Histogram<double> _duration;

    public GraphMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>(
            "offlineconversions.delivery.requests",
            description: "Requests to Meta by result."
        );
        _inDoubt = meter.CreateCounter<long>(
            "offlineconversions.delivery.requests.in_doubt",
            description: "Requests that Meta may have accepted although no response arrived."
        );
        _duration = meter.CreateHistogram<double>(
            "offlineconversions.delivery.request.duration",
            "s",
            "How long one attempt took."
        );
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

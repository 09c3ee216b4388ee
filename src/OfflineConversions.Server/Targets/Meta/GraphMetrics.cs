using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using OfflineConversions.Server.Metrics;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>The metrics of requests to Meta, by connection and result.</summary>
internal sealed class GraphMetrics
{
    /// <summary>The results that can be foreseen: what <see cref="Classifier"/> knows by name.</summary>
    private static readonly string[] KnownResults =
    [
        "never_sent",
        "in_doubt",
        .. Results("http", [200, 400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504]),
        .. Results("error", [1, 2, 3, 4, 10, 17, 32, 100, 102, 104, 190, 200, 341, 368, 506, 613, 803]),
        .. Results("error", [2500, 2635, 5000, 21009, 80004]),
    ];

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

    /// <summary>Creates the series of a connection at 0, so that the first of each result is an increase.</summary>
    public void Announce(string connection)
    {
        _inDoubt.Add(0, new TagList { { "connection", connection } });
        foreach (var result in KnownResults)
        {
            _requests.Add(0, new TagList { { "connection", connection }, { "result", result } });
        }
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

    /// <summary>The name of a result.</summary>
    public static string Result(GraphResponse response) =>
        response switch
        {
            { Transport: Transport.NeverSent } => "never_sent",
            { Transport: Transport.InDoubt } => "in_doubt",
            { Error: { } error } => string.Create(CultureInfo.InvariantCulture, $"error_{error.Code}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"http_{response.Status}"),
        };

    private static IEnumerable<string> Results(string kind, IEnumerable<int> codes) =>
        codes.Select(code => string.Create(CultureInfo.InvariantCulture, $"{kind}_{code}"));
}

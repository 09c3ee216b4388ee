using System.Globalization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>What <c>/metrics</c> returned: Prometheus' text format, read.</summary>
internal sealed partial class MetricsPage
{
    private readonly Dictionary<string, MetricOnPage> _metrics = new(StringComparer.Ordinal);

    private MetricsPage() { }

    public IReadOnlyCollection<MetricOnPage> Metrics => _metrics.Values;

    public static async Task<MetricsPage> ReadAsync(HttpClient http) => Parse(await http.GetStringAsync("/metrics"));

    public static MetricsPage Parse(string text)
    {
        var page = new MetricsPage();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal) && line.Split(' ') is [_, _, var name, var kind])
            {
                page._metrics.Add(name, new MetricOnPage(name, kind, []));
            }
            else if (SeriesLine().Match(line) is { Success: true } series)
            {
                page.MetricOf(series.Groups["name"].Value)
                    .Series.Add(
                        new SeriesOnPage(
                            series.Groups["name"].Value,
                            Label()
                                .Matches(series.Groups["labels"].Value)
                                .ToDictionary(
                                    label => label.Groups["name"].Value,
                                    label => label.Groups["value"].Value
                                ),
                            double.Parse(series.Groups["value"].Value, CultureInfo.InvariantCulture)
                        )
                    );
            }
        }

        return page;
    }

    /// <summary>The sum of all series of a name that have these labels.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) =>
        Find(name, labels).Sum(series => series.Value);

    /// <summary>The series of a name that have these labels.</summary>
    public IEnumerable<SeriesOnPage> Find(string name, params (string Name, string Value)[] labels) =>
        Metrics
            .SelectMany(metric => metric.Series)
            .Where(series => series.Name == name)
            .Where(series => labels.All(label => series.Labels.GetValueOrDefault(label.Name) == label.Value));

    private MetricOnPage MetricOf(string series) =>
        _metrics.TryGetValue(series, out var metric) ? metric : _metrics[OfHistogram().Replace(series, string.Empty)];

    [GeneratedRegex(
        @"^(?<name>[a-z_0-9]+)(\{(?<labels>.*)\})? (?<value>[^ ]+)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex SeriesLine();

    [GeneratedRegex("(?<name>[a-z_0-9]+)=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfHistogram();
}

/// <summary>One metric of the page.</summary>
internal sealed record MetricOnPage(string Name, string Kind, List<SeriesOnPage> Series);

/// <summary>One line of a metric.</summary>
internal sealed record SeriesOnPage(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

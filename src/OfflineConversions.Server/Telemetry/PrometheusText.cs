using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace OfflineConversions.Server.Telemetry;

/// <summary>Writes families in Prometheus' text format. Source: Prometheus, "Exposition formats".</summary>
internal static class PrometheusText
{
    /// <summary>The media type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>All families, one after the other.</summary>
    public static string Write(IReadOnlyList<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families.Where(family => !family.Series.IsEmpty))
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(Help(family.Help)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(Type(family.Kind)).Append('\n');
            foreach (var (labels, series) in family.Series.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                Write(text, family, labels, series);
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// <c>offlineconversions.request.duration</c> in seconds becomes
    /// <c>offlineconversions_request_duration_seconds</c>.
    /// </summary>
    public static string MetricName(Instrument instrument, MetricKind kind)
    {
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => string.Empty,
        };
        var name = LabelName(instrument.Name);
        return name
            + (name.EndsWith(unit, StringComparison.Ordinal) ? string.Empty : unit)
            + (kind == MetricKind.Counter ? "_total" : string.Empty);
    }

    /// <summary>A name with everything but letters, digits and underscores replaced.</summary>
    public static string LabelName(string name) =>
        name.AsSpan().ContainsAny(".-/ ")
            ? string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'))
            : name;

    /// <summary>A label's value, escaped.</summary>
    public static string LabelValue(string value) =>
        value.AsSpan().ContainsAny("\\\"\n")
            ? value
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal)
            : value;

    private static void Write(StringBuilder text, MetricFamily family, string labels, MetricSeries series)
    {
        var (value, bounds, buckets) = series.Read();
        if (family.Kind != MetricKind.Histogram)
        {
            Line(text, family.Name, labels, value);
            return;
        }

        var count = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            var bound = i < bounds.Count ? Number(bounds[i]) : "+Inf";
            Line(text, family.Name + "_bucket", $"{labels}{(labels.Length == 0 ? "" : ",")}le=\"{bound}\"", count);
        }

        Line(text, family.Name + "_sum", labels, value);
        Line(text, family.Name + "_count", labels, count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Help(string help) =>
        help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Type(MetricKind kind) =>
        kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        };
}

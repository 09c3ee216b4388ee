using System.Globalization;
using System.Net;
using System.Text;
using OfflineConversions.Benchmarks.Reporting;

namespace OfflineConversions.Benchmarks.Plotting;

/// <summary>
/// Draws the main results beside their targets. Each bar has its own scale, on which the target is in the middle, so
/// that rates, ratios and megabytes fit one chart. A thin line shows the spread of the rounds.
/// </summary>
internal static class Plot
{
    private const int Width = 1120;
    private const int Left = 500;
    private const int Scale = 340;
    private const int Top = 56;
    private const int RowHeight = 30;
    private const int BarHeight = 14;

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        if (arguments.Count < 2 || Path.GetExtension(arguments[^1]) != ".svg")
        {
            throw new InvalidOperationException("plot needs files of figures and an .svg file; see --help.");
        }

        var bars = Bar.Read(arguments.SkipLast(1));
        await File.WriteAllTextAsync(arguments[^1], Draw(bars));
        Report.Note(
            $"{bars.Count} results in {arguments[^1]}, {bars.Count(bar => bar.IsMet)} of them meet their target"
        );
    }

    /// <summary>The chart as SVG.</summary>
    public static string Draw(IReadOnlyList<Bar> bars)
    {
        var height = Top + (bars.Count * RowHeight) + 24;
        var svg = new StringBuilder();
        Add(
            svg,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}"
              font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Results and their targets">
            <rect width="{Width}" height="{height}" fill="#ffffff"/>
            <text x="{Left}" y="24" font-size="15" font-weight="600" fill="#1f2933">Results and their targets</text>
            <text x="{Left + (Scale / 2)}" y="44" text-anchor="middle" fill="#52606d">target</text>
            """
        );
        for (var index = 0; index < bars.Count; index++)
        {
            Draw(svg, bars[index], Top + (index * RowHeight));
        }

        var bottom = Top + (bars.Count * RowHeight);
        Line(svg, new Stroke(Left + (Scale / 2.0), Top - 6, Left + (Scale / 2.0), bottom, "#1f2933"));
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    private static void Draw(StringBuilder svg, Bar bar, int top)
    {
        var middle = top + (RowHeight / 2);
        var fill = bar.IsMet ? "#2f855a" : "#c05621";
        var sign = bar.Target.IsMost ? "at most" : "at least";
        Add(
            svg,
            $"""
            <text x="{Left - 12}" y="{middle + 4}" text-anchor="end" fill="#1f2933">{WebUtility.HtmlEncode(
                bar.Name
            )}</text>
            <rect x="{Left}" y="{middle - (BarHeight / 2)}" width="{Place(bar, bar.Median)
                - Left:F1}" height="{BarHeight}" fill="{fill}"/>
            <text x="{Left + Scale + 12}" y="{middle + 4}" fill="#1f2933">{Text(bar.Median)} {bar.Unit} ({sign} {Text(
                bar.Target.Limit
            )})</text>
            """
        );
        Line(svg, new Stroke(Place(bar, bar.Min), middle, Place(bar, bar.Max), middle, "#1f2933"));
    }

    /// <summary>Where a value is on the scale of its bar, which ends at twice the target.</summary>
    private static double Place(Bar bar, double value) =>
        Left + (Math.Clamp(value / bar.Target.Limit / 2, 0, 1) * Scale);

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder svg, Stroke line) =>
        Add(
            svg,
            $"""<line x1="{line.X1:F1}" y1="{line.Y1:F1}" x2="{line.X2:F1}" y2="{line.Y2:F1}" stroke="{line.Color}"/>"""
        );

    private static void Add(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private readonly record struct Stroke(double X1, double Y1, double X2, double Y2, string Color);
}

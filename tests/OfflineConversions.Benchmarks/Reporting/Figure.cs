using System.Globalization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Benchmarks.Reporting;

/// <summary>One figure of a report.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Median">The median of the rounds.</param>
/// <param name="Min">The least of them.</param>
/// <param name="Max">The greatest of them.</param>
/// <param name="Unit">The unit of all values.</param>
/// <param name="Values">The value of each round, in order; empty if the figure was read from a printed line.</param>
internal sealed partial record Figure(
    string Name,
    double Median,
    double Min,
    double Max,
    string Unit,
    IReadOnlyList<double> Values
)
{
    private const int NameWidth = 72;
    private const int NumberWidth = 10;

    /// <summary>The figure as a report prints it.</summary>
    public string Line() =>
        $"{Name.PadRight(NameWidth)} median {Column(Median)} {Unit}   min {Column(Min)}   max {Column(Max)}";

    /// <summary>Reads a printed line of this build or of an older one; null if the line is not a figure.</summary>
    public static Figure? Parse(string line) =>
        Printed().Match(line) is { Success: true } match
            ? new Figure(
                match.Groups["name"].Value.Trim(),
                Number(match.Groups["median"]),
                Number(match.Groups["min"]),
                Number(match.Groups["max"]),
                match.Groups["unit"].Value,
                []
            )
            : null;

    private static double Number(Group text) =>
        double.Parse(text.Value, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static string Column(double value) =>
        value.ToString("N2", CultureInfo.InvariantCulture).PadLeft(NumberWidth);

    [GeneratedRegex(
        @"^(?<name>.+?) median +(?<median>[\d,.]+) (?<unit>\S+) +min +(?<min>[\d,.]+) +max +(?<max>[\d,.]+)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Printed();
}

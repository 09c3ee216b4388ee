using System.Globalization;
using System.Text;

namespace OfflineConversions.Fuzzing.Soak;

/// <summary>What a soak showed.</summary>
/// <param name="Duration">How long it lasted.</param>
/// <param name="WarmUp">How long it had run before the first sample that counts.</param>
/// <param name="Seed">What the posts depend on.</param>
/// <param name="Events">Acknowledged events.</param>
/// <param name="KeyBytes">The size of the deduplication keys that had not expired at the end.</param>
/// <param name="Samples">The samples that count.</param>
/// <param name="Problems">What went wrong meanwhile.</param>
internal sealed record SoakReport(
    TimeSpan Duration,
    TimeSpan WarmUp,
    int Seed,
    int Events,
    long KeyBytes,
    IReadOnlyList<SoakSample> Samples,
    IReadOnlyList<string> Problems
)
{
    /// <summary>The trend of each of <see cref="Quantity.All"/>.</summary>
    public IReadOnlyList<Trend> Trends { get; } =
    [
        .. Quantity.All.Select(
            (_, i) => Trend.Of([.. Samples.Select(sample => new Measurement(sample.Hours, sample.Values[i]))])
        ),
    ];

    /// <summary>Whether nothing grew beyond what is allowed, and nothing went wrong.</summary>
    public bool IsClean => Problems.Count == 0 && !Quantity.All.Zip(Trends).Any(row => Grows(row.First, row.Second));

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"{Duration.TotalMinutes:0.##} minutes, seed {Seed}: {Events} events acknowledged, {KeyBytes} bytes of "
                + $"deduplication keys left, {Samples.Count} samples after the first {WarmUp.TotalMinutes:0.##} minutes"
        );
        text.AppendLine();
        text.AppendLine("| Quantity | Start | End | Slope per hour | Standard error | Allowed | Verdict |");
        text.AppendLine("|---|---|---|---|---|---|---|");
        foreach (var (quantity, trend) in Quantity.All.Zip(Trends))
        {
            var unit = quantity.Unit.Length > 0 ? $" {quantity.Unit}" : "";
            text.AppendLine(
                $"| {quantity.Name} | {Number(trend.Start)}{unit} | {Number(trend.End)}{unit} "
                    + $"| {Number(trend.SlopePerHour)}{unit} | {Number(trend.ErrorPerHour)}{unit} "
                    + $"| {(quantity.Allowed is { } allowed ? $"+{Number(allowed)}{unit}" : "–")} "
                    + $"| {(quantity.Allowed is null ? "–" : Grows(quantity, trend) ? "**grows**" : "level")} |"
            );
        }

        foreach (var problem in Problems)
        {
            text.AppendLine(problem);
        }

        return text.ToString();
    }

    private static bool Grows(Quantity quantity, Trend trend) =>
        quantity.Allowed is { } allowed && trend.GrowsBeyond(allowed);

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

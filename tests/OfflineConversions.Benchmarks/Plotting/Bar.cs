using System.Text.Json;

namespace OfflineConversions.Benchmarks.Plotting;

/// <summary>One bar of the chart: a figure of a report and its target.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Median">The median.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Target">What it should be.</param>
internal sealed record Bar(string Name, double Median, double Min, double Max, string Unit, Target Target)
{
    /// <summary>Whether the median meets the target.</summary>
    public bool IsMet => Target.IsMost ? Median <= Target.Limit : Median >= Target.Limit;

    /// <summary>The bars of the figures that have a target, in the order of the targets.</summary>
    /// <param name="files">The files that <c>--json</c> wrote. Of two with the same figure, the later counts.</param>
    public static IReadOnlyList<Bar> Read(IEnumerable<string> files)
    {
        var figures = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            using var report = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var figure in report.RootElement.GetProperty("figures").EnumerateArray())
            {
                figures[figure.GetProperty("name").GetString()!] = figure.Clone();
            }
        }

        return
        [
            .. Target.All.SelectMany(target =>
                figures
                    .Where(figure => figure.Key.StartsWith(target.Figure, StringComparison.Ordinal))
                    .Select(figure => Of(figure.Key, figure.Value, target))
            ),
        ];
    }

    private static Bar Of(string name, JsonElement figure, Target target) =>
        new(
            target.Label ?? name,
            figure.GetProperty("median").GetDouble(),
            figure.GetProperty("min").GetDouble(),
            figure.GetProperty("max").GetDouble(),
            figure.GetProperty("unit").GetString()!,
            target
        );
}

/// <summary>What a figure should be.</summary>
/// <param name="Figure">How the name of the figure begins.</param>
/// <param name="Limit">The least value, or the most.</param>
/// <param name="IsMost">Whether the limit is the most.</param>
/// <param name="Label">What the chart calls it, where the name of the figure does not say enough.</param>
internal sealed record Target(string Figure, double Limit, bool IsMost = false, string? Label = null)
{
    /// <summary>The targets of the main results.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        new("ratio", 1, IsMost: true, Label: "mapping / floor"),
        new("allocated per event", 1000, IsMost: true, Label: "allocated by mapping an event"),
        new("durable single posts of the sample / bare Kestrel", 0.5),
        new("durable batches / bare Kestrel", 0.25),
        new("drain: 900 B, Meta's latency 100 ms", 35_000),
        new("drain: the order, Meta's latency 100 ms", 20_000),
        new("drain: 900 B, Meta's latency 0 ms", 60_000),
        new("drain / bare client: 900 B, Meta's latency 100 ms", 0.9),
        new("drain / bare client: the order, Meta's latency 100 ms", 0.9),
        new("with / without a backlog: single posts", 0.9),
        new("with / without a backlog: batches", 0.9),
        new("on disk per waiting order", 1000, IsMost: true),
        new("start, 5,000,000 waiting, 10,000,000 keys", 3, IsMost: true),
        new("resident per million keys", 32, IsMost: true),
        new("resident at full load, 5,000,000 waiting, 5,000,000 keys", 400, IsMost: true),
    ];
}

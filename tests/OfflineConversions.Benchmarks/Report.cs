using System.Globalization;

namespace OfflineConversions.Benchmarks;

/// <summary>Prints figures with their spread: a median alone hides a noisy machine.</summary>
internal static class Report
{
    public static void Row(string name, double[] values, string unit)
    {
        var sorted = values.Order().ToArray();
        Console.WriteLine(
            $"{name.PadRight(64)} median {Column(sorted[sorted.Length / 2])} {unit}   "
                + $"min {Column(sorted[0])}   max {Column(sorted[^1])}"
        );
    }

    private static string Column(double value) => value.ToString("N2", CultureInfo.InvariantCulture).PadLeft(10);
}

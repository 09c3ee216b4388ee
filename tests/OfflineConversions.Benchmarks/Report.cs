namespace OfflineConversions.Benchmarks;

/// <summary>Prints figures with their spread: a median alone hides a noisy machine.</summary>
internal static class Report
{
    public static void Row(string name, double[] values, string unit)
    {
        var sorted = values.Order().ToArray();
        Console.WriteLine(
            $"{name, -64} median {sorted[sorted.Length / 2], 10:N2} {unit}   min {sorted[0], 10:N2}   max {sorted[^1], 10:N2}"
        );
    }
}

namespace OfflineConversions.Fuzzing.Soak;

/// <summary>The straight line through a series of measurements, by least squares.</summary>
/// <param name="Start">The line's value at the first measurement.</param>
/// <param name="End">The line's value at the last measurement.</param>
/// <param name="SlopePerHour">The line's slope.</param>
/// <param name="ErrorPerHour">The standard error of the slope.</param>
/// <param name="Samples">The number of measurements.</param>
internal sealed record Trend(double Start, double End, double SlopePerHour, double ErrorPerHour, int Samples)
{
    /// <summary>How many standard errors a slope must have to count as one.</summary>
    private const int SignificantErrors = 3;

    /// <summary>The line through these measurements: at least three, at different times.</summary>
    public static Trend Of(IReadOnlyList<Measurement> measurements)
    {
        if (measurements.Count < 3)
        {
            throw new ArgumentException("A slope needs three measurements.", nameof(measurements));
        }

        var (meanTime, mean) = (measurements.Average(one => one.Hours), measurements.Average(one => one.Value));
        var spread = measurements.Sum(one => Square(one.Hours - meanTime));
        var slope = measurements.Sum(one => (one.Hours - meanTime) * (one.Value - mean)) / spread;
        var errors = measurements.Sum(one => Square(one.Value - At(one.Hours)));
        return new Trend(
            At(measurements[0].Hours),
            At(measurements[^1].Hours),
            slope,
            Math.Sqrt(errors / (measurements.Count - 2) / spread),
            measurements.Count
        );

        double At(double hours) => mean + (slope * (hours - meanTime));
    }

    /// <summary>Whether the values grew by more than this, and by more than their scatter explains.</summary>
    public bool GrowsBeyond(double allowed) => End - Start > allowed && SlopePerHour > SignificantErrors * ErrorPerHour;

    private static double Square(double value) => value * value;
}

/// <summary>A value at a time.</summary>
/// <param name="Hours">The time since the start.</param>
/// <param name="Value">The value.</param>
internal sealed record Measurement(double Hours, double Value);

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Slows a connection down before Meta does: its usage headers tell how much of the allowance is spent ("Rate limits").
/// </summary>
internal static class UsageLimit
{
    private const double SlowFrom = 75;
    private const double Full = 100;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long to wait after an answer: nothing below 75 percent, from there on ever longer, a minute at 100.
    /// </summary>
    /// <param name="percent">The highest percentage of the headers.</param>
    public static TimeSpan? Wait(double percent) =>
        percent < SlowFrom
            ? null
            : Shortest + ((Longest - Shortest) * ((Math.Min(percent, Full) - SlowFrom) / (Full - SlowFrom)));
}

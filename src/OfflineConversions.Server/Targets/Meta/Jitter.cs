namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// One source of randomness for all that wait, safe for concurrent use (a <see cref="Random"/> is not).
/// </summary>
internal sealed class Jitter(Random random)
{
    private readonly Lock _gate = new();

    /// <summary>A number in [0, 1).</summary>
    public double Next()
    {
        lock (_gate)
        {
            return random.NextDouble();
        }
    }
}

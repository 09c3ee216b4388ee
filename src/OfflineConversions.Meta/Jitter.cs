namespace OfflineConversions.Meta;

/// <summary>
/// The source of randomness for all waits. Safe for concurrent use, unlike a seeded <see cref="Random"/>.
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

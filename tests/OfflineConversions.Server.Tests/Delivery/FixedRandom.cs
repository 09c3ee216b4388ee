namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Always the same number.</summary>
internal sealed class FixedRandom(double value) : Random
{
    public override double NextDouble() => value;
}

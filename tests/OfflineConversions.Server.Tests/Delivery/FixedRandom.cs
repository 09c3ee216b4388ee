namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Chance without surprises.</summary>
internal sealed class FixedRandom(double value) : Random
{
    public override double NextDouble() => value;
}

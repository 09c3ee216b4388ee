using OfflineConversions.Benchmarks.Orders;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>The bodies that are posted, each from any number of connections.</summary>
internal sealed class IntakeLoads
{
    public const string Track = "/rudderstack/v1/track";
    public const string Batches = "/rudderstack/v1/batch";

    private const int BatchEvents = 100;

    public IntakeLoads()
    {
        var now = DateTimeOffset.UtcNow;
        var order = Orders.Order.Of("rudderstack", Load.IdPlaceholder, now);
        Sample = new Load(Orders.Order.RudderStackSample(Load.IdPlaceholder, now), eventsEach: 1);
        Order = new Load(order, eventsEach: 1);
        var orders = Enumerable.Range(0, BatchEvents).Select(number => Distinct(order, number));
        Batch = new Load($$"""{"batch":[{{string.Join(',', orders)}}]}""", BatchEvents);
    }

    /// <summary>The call on RudderStack's page.</summary>
    public Load Sample { get; }

    /// <summary>An order with many match keys.</summary>
    public Load Order { get; }

    /// <summary>A hundred such orders, each of another person.</summary>
    public Load Batch { get; }

    // As long as the original. What the persons have in common is what those of one shop have: country, state, gender,
    // browser and goods.
    private static string Distinct(string order, int number)
    {
        var random = new Random(number);
        string Letters(int count) => new(random.GetItems("abcdefghiklmnoprstuvwy".AsSpan(), count));
        string Digits(int count) => new(random.GetItems("0123456789".AsSpan(), count));
        return order
            .Replace("alex.keener", $"{Letters(4)}.{Letters(6)}", StringComparison.Ordinal)
            .Replace("555-0146", $"555-{Digits(4)}", StringComparison.Ordinal)
            .Replace("1985-03-27", $"19{number / 2 + 50}-0{(number % 9) + 1}-27", StringComparison.Ordinal)
            .Replace("Alexandra", Letters(9), StringComparison.Ordinal)
            .Replace("Keener", Letters(6), StringComparison.Ordinal)
            .Replace("\"city\":\"New Orleans\"", $"\"city\":\"New {Letters(7)}\"", StringComparison.Ordinal)
            .Replace("70112", $"7{Digits(4)}", StringComparison.Ordinal)
            .Replace("user-4711", $"user-{Digits(4)}", StringComparison.Ordinal)
            .Replace("07d2ebaa-e956", $"{Digits(8)}-{Digits(4)}", StringComparison.Ordinal)
            .Replace("203.0.113.7", $"203.0.113.{number % 10}", StringComparison.Ordinal)
            .Replace("50314b8e9bcf", Digits(12), StringComparison.Ordinal)
            .Replace("fksdjfsdjfisjf9sdfjsd9f", Letters(23), StringComparison.Ordinal);
    }

    public override string ToString() =>
        $"sample {Sample.BodyBytes} B, order {Order.BodyBytes} B, batch of {BatchEvents} orders {Batch.BodyBytes} B";
}

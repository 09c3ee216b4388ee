using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Meta.Tests;

/// <summary>Sales and clients whose details do not matter.</summary>
internal static class Some
{
    public const string Dataset = "1234567890";
    public const string Token = "some-token";

    public static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    /// <summary>A batch of sales with the ids <c>order-0</c>, <c>order-1</c>, …</summary>
    public static ConversionBatch Batch(int events)
    {
        var writer = new ConversionWriter(new MappingOptions { DatasetId = Dataset, DefaultCurrency = "EUR" });
        return ConversionBatch
            .Split(
                Enumerable.Range(0, events).SelectMany(number => writer.Write(Sale(number), Now).Deliveries),
                MetaApi.ConversionsApi
            )
            .Single();
    }

    /// <summary>The provider of a client that sends to the address.</summary>
    public static ServiceProvider Services(Uri address, Action<MetaConversionsOptions>? configure = null) =>
        new ServiceCollection()
            .AddMetaConversions(meta =>
            {
                (meta.BaseAddress, meta.AccessToken) = (address, Token);
                configure?.Invoke(meta);
            })
            .BuildServiceProvider();

    private static Conversion Sale(int number) =>
        new()
        {
            EventName = "Purchase",
            EventId = string.Create(CultureInfo.InvariantCulture, $"order-{number}"),
            EventTime = Now.AddHours(-1),
            Customer = new Customer { { MatchKey.Email, "jane@example.com" } },
            Value = 10,
        };
}

using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.FlatFile;

namespace OfflineConversions.Tests.Sources.FlatFile;

/// <summary>Exports of shops and tills have orders that were cancelled or refunded.</summary>
public class SaleStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Financial Status", "refunded")]
    [InlineData("Financial Status", "voided")]
    [InlineData("Financial Status", "expired")]
    [InlineData("Cancelled at", "2026-11-28 10:00:00 -0500")]
    [InlineData("Cancelled", "yes")]
    [InlineData("status", "wc-cancelled")]
    [InlineData("Order Status", "Failed")]
    [InlineData("Event Type", "Refund")]
    [InlineData("Transaction type", "REFUND")]
    [InlineData("Bestellstatus", "Storniert")]
    [InlineData("Zahlungsstatus", "Rückerstattet")]
    [InlineData("Statut", "Annulée")]
    [InlineData("Estado", "Reembolsado")]
    [InlineData("Status", "Terugbetaald")]
    public void An_order_that_was_cancelled_or_refunded_is_no_sale(string header, string cell)
    {
        var result = One($$"""{"email":"a@b.de","value":5,"order_id":"7","{{header}}":"{{cell}}"}""");

        result.Outcome.Should().Be(Outcome.Ignored);
        result.Reason.Should().Be(Reason.NotForwarded);
    }

    [Theory]
    [InlineData("Financial Status", "paid")]
    [InlineData("Financial Status", "partially_refunded")]
    [InlineData("Financial Status", "pending")]
    [InlineData("Financial Status", "authorized")]
    [InlineData("Cancelled at", "")]
    [InlineData("Cancelled at", "0000-00-00 00:00:00")]
    [InlineData("Cancelled", "no")]
    [InlineData("status", "completed")]
    [InlineData("Event Type", "Payment")]
    [InlineData("Note", "refunded")]
    public void Any_other_order_is_one(string header, string cell) =>
        One($$"""{"email":"a@b.de","value":5,"order_id":"7","{{header}}":"{{cell}}"}""")
            .Outcome.Should()
            .Be(Outcome.Accepted);

    [Fact]
    public void Later_rows_of_a_refunded_order_are_part_of_it() =>
        Map(
                """
                [{"email":"a@b.de","value":5,"order_id":"7","sku":"1","status":"refunded"},{"order_id":"7","sku":"2"},
                 {"email":"a@b.de","value":5,"order_id":"8","sku":"1","status":"paid"}]
                """
            )
            .Select(result => (result.Outcome, result.Rows))
            .Should()
            .Equal((Outcome.Ignored, 2), (Outcome.Accepted, 1));

    [Fact]
    public void A_cancelled_line_of_an_order_is_left_out_of_it()
    {
        var result = Map(
                """
                [{"email":"a@b.de","order_id":"7","sku":"1","price":5,"status":"cancelled"},
                 {"email":"a@b.de","order_id":"7","sku":"2","price":3,"status":"shipped"}]
                """
            )
            .Should()
            .ContainSingle()
            .Subject;

        var custom = JsonElement.Parse(result.Deliveries[0].Payload.Span).GetProperty("custom_data");
        custom.GetProperty("value").GetDecimal().Should().Be(3);
        custom.GetProperty("content_ids").GetRawText().Should().Be("""["2"]""");
    }

    [Fact]
    public void The_status_does_not_change_the_id_of_an_order() =>
        One("""{"email":"a@b.de","value":5,"order_id":"7","status":"pending"}""")
            .EventId.Should()
            .Be(One("""{"email":"a@b.de","value":5,"order_id":"7","status":"refunded"}""").EventId);

    [Fact]
    public void The_status_of_another_event_than_a_purchase_means_nothing() =>
        One("""{"event_name":"Lead","email":"a@b.de","status":"cancelled"}""").Outcome.Should().Be(Outcome.Accepted);

    [Fact]
    public void A_status_that_is_left_out_means_nothing()
    {
        var options = new FlatFileOptions();
        options.Columns["status"] = "";

        One("""{"email":"a@b.de","value":5,"status":"refunded"}""", options).Outcome.Should().Be(Outcome.Accepted);
    }

    private static EventResult One(string row, FlatFileOptions? settings = null) => Map(row, settings).Single();

    private static IReadOnlyList<EventResult> Map(string body, FlatFileOptions? settings = null)
    {
        using var tree = JsonTree.Parse(body);
        var options = new MappingOptions
        {
            Source = FlatFileDefinition.Instance,
            SourceOptions = settings ?? new FlatFileOptions(),
            DatasetId = "5",
            DefaultCurrency = "EUR",
        };
        return new ConversionPipeline(options).Map(tree.Root, new Receipt(Now));
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests;

/// <summary>What users of the package do with their own sales.</summary>
public sealed class ConversionWriterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_sale_becomes_an_event_of_the_Conversions_API()
    {
        var result = Write(
            Sale(
                new Customer
                {
                    { MatchKey.Email, " Jane@Example.com" },
                    { MatchKey.Email, "jane@example.com" },
                    { MatchKey.Phone, "020 7946 0958" },
                    { MatchKey.Country, "United Kingdom" },
                }
            )
        );

        result.Outcome.Should().Be(Outcome.Accepted);
        result.Warnings.Should().BeEmpty();
        var delivery = result.Deliveries.Should().ContainSingle().Subject;
        delivery
            .Should()
            .Match<EventDelivery>(it =>
                it.DatasetId == "123" && it.EventName == "Purchase" && it.EventId == "1001" && it.UploadTag == "till 7"
            );
        Encoding
            .UTF8.GetString(delivery.Payload.Span)
            .Should()
            .Be(
                $$$"""
                {"event_name":"Purchase","event_time":{{{Now.AddHours(-1).ToUnixTimeSeconds()}}},"event_id":"1001",
                "action_source":"physical_store","user_data":{"em":["{{{Sha256("jane@example.com")}}}"],
                "ph":["{{{Sha256("442079460958")}}}"],"country":"{{{Sha256("gb")}}}"},
                "custom_data":{"value":59.90,"currency":"GBP","content_type":"product","content_ids":["sku-1"],
                "contents":[{"id":"sku-1","quantity":2,"item_price":29.95}],"order_id":"1001",
                "card":"gold","points":12}}
                """.ReplaceLineEndings("")
            );
    }

    [Fact]
    public void The_same_sale_in_the_shape_of_the_offline_events_API()
    {
        var result = Write(Sale(new Customer { { MatchKey.Email, "jane@example.com" } }), MetaApi.OfflineEvents);

        using var payload = JsonDocument.Parse(result.Deliveries.Single().Payload);
        payload
            .RootElement.GetProperty("match_keys")
            .GetProperty("email")[0]
            .GetString()
            .Should()
            .Be(Sha256("jane@example.com"));
        payload.RootElement.GetProperty("contents")[0].GetProperty("price").GetDecimal().Should().Be(29.95m);
    }

    [Fact]
    public void A_sale_that_Meta_would_refuse_is_rejected_with_the_reason()
    {
        var jane = new Customer { { MatchKey.Email, "jane@example.com" } };

        Reason(Sale([])).Should().Be("insufficient_customer_information");
        Reason(Sale(new Customer { { MatchKey.Email, "jane" } })).Should().Be("insufficient_customer_information");
        Reason(Sale(jane, age: TimeSpan.FromDays(63))).Should().Be("too_old");
        Reason(Sale(jane, name: " ")).Should().Be("missing_event_name");
        Reason(Sale(jane, name: new string('x', 101))).Should().Be("event_name_too_long");
        Reason(Sale(jane, name: "Purchase", value: null)).Should().Be("missing_value");
    }

    [Fact]
    public void What_is_left_out_of_a_sale_is_a_warning()
    {
        var sale = Sale(
            new Customer
            {
                { MatchKey.Email, "jane@example.com" },
                { MatchKey.Phone, "12" },
                { MatchKey.Zip, "N/A" },
            }
        );

        Write(sale).Warnings.Should().BeEquivalentTo("invalid_phone", "placeholder");
    }

    [Fact]
    public void Limited_data_use_is_written_for_the_state_that_Meta_derives()
    {
        var sale = new Conversion
        {
            EventName = "Lead",
            EventId = "l-1",
            EventTime = Now,
            Customer = new Customer { { MatchKey.Email, "jane@example.com" } },
            LimitedDataUse = true,
        };

        Encoding
            .UTF8.GetString(Write(sale).Deliveries.Single().Payload.Span)
            .Should()
            .Contain(
                """
                "data_processing_options":["LDU"],"data_processing_options_country":0,"data_processing_options_state":0
                """
            );
    }

    [Fact]
    public void A_customer_is_hashed_without_an_event()
    {
        var hashed = Writer()
            .Hash(
                new Customer
                {
                    { MatchKey.FirstName, "Mary-Jane" },
                    { MatchKey.ClientIpAddress, "198.51.100.7" },
                    { MatchKey.Gender, "other" },
                },
                Now
            );

        hashed
            .Values.Should()
            .Equal(
                new MatchKeyValue(MatchKey.FirstName, Sha256("maryjane")),
                new MatchKeyValue(MatchKey.ClientIpAddress, "198.51.100.7")
            );
        hashed.Warnings.Should().Equal("invalid_gender");
        hashed.IsSufficient.Should().BeTrue();
        Writer().Hash(new Customer { { MatchKey.Gender, "f" } }, Now).IsSufficient.Should().BeFalse();
    }

    [Fact]
    public void A_customer_prints_as_its_type_only()
    {
        object customer = new Customer { { MatchKey.Email, "jane@example.com" } };

        string.Format(CultureInfo.InvariantCulture, "{0}", customer).Should().Be(typeof(Customer).FullName);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("your dataset")]
    [InlineData("1/../2")]
    public void A_writer_needs_a_dataset(string? dataset)
    {
        var create = () => new ConversionWriter(new MappingOptions { DatasetId = dataset });

        create.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Threads_can_share_a_writer()
    {
        var writer = Writer();
        var sale = Sale(new Customer { { MatchKey.Email, "jane@example.com" } });
        var expected = Encoding.UTF8.GetString(writer.Write(sale, Now).Deliveries.Single().Payload.Span);

        Parallel.For(0, 1000, _ =>
            Encoding.UTF8.GetString(writer.Write(sale, Now).Deliveries.Single().Payload.Span).Should().Be(expected)
        );
    }

    private static ConversionWriter Writer(MetaApi api = MetaApi.ConversionsApi) =>
        new(
            new MappingOptions
            {
                DatasetId = "123",
                DefaultCountry = "GB",
                DefaultCurrency = "GBP",
                Api = api,
            }
        );

    private static EventResult Write(Conversion sale, MetaApi api = MetaApi.ConversionsApi) =>
        Writer(api).Write(sale, Now);

    private static string? Reason(Conversion sale) => Write(sale).Reason;

    private static Conversion Sale(
        Customer customer,
        string name = "Purchase",
        decimal? value = 59.90m,
        TimeSpan age = default
    ) =>
        new()
        {
            EventName = name,
            EventId = "1001",
            EventTime = Now - TimeSpan.FromHours(1) - age,
            Customer = customer,
            Value = value,
            OrderId = "1001",
            UploadTag = "till 7",
            Products = [new Product("sku-1", 2, 29.95m)],
            CustomData = new() { ["card"] = "gold", ["points"] = 12 },
        };

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

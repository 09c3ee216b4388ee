using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.FlatFile;

namespace OfflineConversions.Tests.Sources.FlatFile;

/// <summary>What becomes of rows of a file.</summary>
public class FlatFileSourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("email")]
    [InlineData("E-Mail")]
    [InlineData("EMAIL ADDRESS")]
    [InlineData("Kunden-E-Mail")]
    [InlineData("Billing Email")]
    [InlineData("customer_email")]
    [InlineData("Adresse électronique")]
    [InlineData("Courriel")]
    public void Headers_are_recognised_without_case_blanks_punctuation_and_accents(string header) =>
        Keys(One($$"""{"{{header}}":"jane@example.com","value":5}""")).Should().Contain("em");

    [Theory]
    [InlineData("Betrag", "1.234,56 €", "1234.56")]
    [InlineData("Total (EUR)", "12.50", "12.50")]
    [InlineData("Gesamtbetrag", "1 234,50", "1234.50")]
    [InlineData("Order Total Amount", "$1,234.50", "1234.50")]
    [InlineData("montant_ttc", "12,5", "12.5")]
    public void Amounts_are_read_as_people_write_them(string header, string cell, string value) =>
        Custom(One($$"""{"email":"jane@example.com","{{header}}":"{{cell}}"}"""), "value").Should().Be(value);

    [Theory]
    [InlineData(",", "1.234", "1234")]
    [InlineData(",", "1,234", "1.234")]
    [InlineData(".", "1.234", "1.234")]
    [InlineData(".", "1,234", "1234")]
    [InlineData(",", "12.50", "12.50")]
    public void The_setting_decides_what_a_lone_separator_means(string separator, string cell, string value) =>
        Custom(
                One(
                    $$"""{"email":"jane@example.com","value":"{{cell}}"}""",
                    new FlatFileOptions { DecimalSeparator = separator }
                ),
                "value"
            )
            .Should()
            .Be(value);

    [Theory]
    [InlineData("2026-11-28 14:05:00", "Europe/Berlin", "2026-11-28T13:05:00Z")]
    [InlineData("2026-11-28T14:05:00Z", "Europe/Berlin", "2026-11-28T14:05:00Z")]
    [InlineData("2026-11-28 14:05:00 -0500", "Europe/Berlin", "2026-11-28T19:05:00Z")]
    [InlineData("28.11.2026 14:05", "Europe/Berlin", "2026-11-28T13:05:00Z")]
    [InlineData("28.11.26 14:05", "Europe/Berlin", "2026-11-28T13:05:00Z")]
    [InlineData("11/28/2026 2:05 PM", "America/New_York", "2026-11-28T19:05:00Z")]
    [InlineData("20261128140500", "Europe/Berlin", "2026-11-28T13:05:00Z")]
    [InlineData("28 November 2026 14:05", "Europe/Berlin", "2026-11-28T13:05:00Z")]
    [InlineData("46354.5", "UTC", "2026-11-28T12:00:00Z")]
    [InlineData("1795874700", "Europe/Berlin", "2026-11-28T14:05:00Z")]
    [InlineData("2026-11-28", "UTC", "2026-11-28T00:00:00Z")]
    public void Times_are_in_the_time_zone_of_the_connection_unless_they_name_their_own(
        string cell,
        string zone,
        string time
    ) =>
        Time(One($$"""{"email":"a@b.de","value":5,"date":"{{cell}}"}""", new FlatFileOptions { TimeZone = zone }))
            .Should()
            .Be(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void The_time_of_day_may_be_in_a_column_of_its_own()
    {
        Time(One("""{"email":"a@b.de","value":5,"Datum":"28.11.2026","Uhrzeit":"09:30"}"""))
            .Should()
            .Be(new DateTimeOffset(2026, 11, 28, 9, 30, 0, TimeSpan.Zero));
        Time(One("""{"email":"a@b.de","value":5,"Date":"2026-11-28","Time":"09:30:15"}"""))
            .Should()
            .Be(new DateTimeOffset(2026, 11, 28, 9, 30, 15, TimeSpan.Zero));
    }

    [Fact]
    public void Rows_of_one_order_that_differ_only_in_products_are_one_event()
    {
        var results = Map(
            """
            [{"order_id":"1","email":"a@b.de","value":30,"sku":"a","qty":1,"price":10},
             {"order_id":"1","email":"a@b.de","value":30,"sku":"b","qty":2,"price":10},
             {"order_id":"1","sku":"c"},
             {"order_id":"2","email":"a@b.de","value":5,"sku":"a"},
             {"order_id":"2","email":"other@b.de","value":5,"sku":"b"},
             {"order_id":"3","email":"a@b.de","value":5,"sku":"a"},
             {"order_id":"3","email":"a@b.de","value":5,"sku":"a"}]
            """
        );

        results.Select(result => result.Rows).Should().Equal(3, 1, 1, 1, 1);
        Custom(results[0], "content_ids").Should().Be("""["a","b","c"]""");
        results[3].EventId.Should().Be(results[4].EventId, "a repeated row is a duplicate");
    }

    [Fact]
    public void An_order_without_a_value_is_worth_its_lines()
    {
        var results = Map(
            """
            [{"order_id":"1","email":"a@b.de","sku":"a","qty":"2","price":"10,50"},
             {"order_id":"1","email":"a@b.de","sku":"b","qty":"1","price":"5,00"}]
            """
        );

        Custom(results.Single(), "value").Should().Be("26.00");
    }

    [Theory]
    [InlineData("\"item_number\":\"a;b|c\"", """["a","b","c"]""")]
    [InlineData("\"product_id\":\"a, b\"", """["a","b"]""")]
    [InlineData("\"contents\":\"[{\\\"id\\\":\\\"a\\\",\\\"quantity\\\":2}]\"", """["a"]""")]
    [InlineData("\"products\":\"[{\\\"product_id\\\":\\\"a\\\"}]\"", """["a"]""")]
    public void Several_products_may_be_in_one_cell(string cell, string ids) =>
        Event(One($$"""{"email":"a@b.de","value":5,{{cell}}}"""))
            .GetProperty("custom_data")
            .GetProperty("content_ids")
            .GetRawText()
            .Should()
            .Be(ids);

    [Fact]
    public void The_event_id_does_not_depend_on_the_order_of_columns_or_on_the_spelling_of_headers()
    {
        var one = One("""{"order_id":"1","email":"a@b.de","value":"5","status":"open"}""");
        var other = One("""{"Status":"shipped","Betrag":"5","E-Mail":"a@b.de","Bestell-Nr":"1"}""");
        var third = One("""{"order_id":"2","email":"a@b.de","value":"5"}""");

        other.EventId.Should().Be(one.EventId);
        third.EventId.Should().NotBe(one.EventId);
        One("""{"email":"a@b.de","value":"5","till":"1"}""")
            .EventId.Should()
            .NotBe(One("""{"email":"a@b.de","value":"5","till":"2"}""").EventId);
    }

    [Fact]
    public void The_event_id_may_be_a_column()
    {
        One("""{"event_id":"e1","email":"a@b.de","value":5}""").EventId.Should().Be("e1");
        One("""{"Beleg":"b1","email":"a@b.de","value":5}""", new FlatFileOptions { EventIdColumn = "beleg" })
            .EventId.Should()
            .Be("b1");
    }

    [Fact]
    public void The_list_of_columns_wins_and_an_empty_name_leaves_one_out()
    {
        var options = new FlatFileOptions();
        options.Columns["Zahl"] = "value";
        options.Columns["value"] = "custom_data.points";
        options.Columns["phone"] = "";

        var result = One("""{"email":"a@b.de","Zahl":"7","value":"3","phone":"+49301234567"}""", options);

        Custom(result, "value").Should().Be("7");
        Custom(result, "points").Should().Be("\"3\"");
        Keys(result).Should().Equal("em");
        result.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void A_column_that_means_nothing_is_not_sent_and_noted()
    {
        var result = One("""{"email":"a@b.de","value":5,"Kassierer":"K3"}""");

        result.Warnings.Should().Equal(Warning.PropertyNotSent);
        Encoding.UTF8.GetString(result.Deliveries[0].Payload.Span).Should().NotContain("K3");
    }

    private static EventResult One(string row, FlatFileOptions? settings = null) => Map(row, settings).Single();

    private static IReadOnlyList<EventResult> Map(string body, FlatFileOptions? settings = null)
    {
        using var tree = JsonTree.Parse(body);
        return new ConversionPipeline(Options(settings ?? new FlatFileOptions())).Map(tree.Root, new Receipt(Now));
    }

    private static MappingOptions Options(FlatFileOptions settings) =>
        new()
        {
            Source = FlatFileDefinition.Instance,
            SourceOptions = settings,
            DatasetId = "5",
            DefaultCurrency = "EUR",
        };

    private static JsonElement Event(EventResult result) =>
        JsonElement.Parse(result.Deliveries.Should().ContainSingle().Subject.Payload.Span);

    private static DateTimeOffset Time(EventResult result) =>
        DateTimeOffset.FromUnixTimeSeconds(Event(result).GetProperty("event_time").GetInt64());

    private static IEnumerable<string> Keys(EventResult result) =>
        Event(result).GetProperty("user_data").EnumerateObject().Select(key => key.Name);

    private static string Custom(EventResult result, string name) =>
        Event(result).GetProperty("custom_data").GetProperty(name).GetRawText();
}

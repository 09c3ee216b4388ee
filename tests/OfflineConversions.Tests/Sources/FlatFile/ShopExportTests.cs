using System.Globalization;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.FlatFile;

namespace OfflineConversions.Tests.Sources.FlatFile;

/// <summary>Exports of shops and tills are read as a person reads them.</summary>
public class ShopExportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("match_keys.email", "em")]
    [InlineData("match_keys.phone", "ph")]
    [InlineData("user_data.client_ip_address", "client_ip_address")]
    [InlineData("orderCustomer.email", "em")]
    [InlineData("billingAddress.country.iso", "country")]
    [InlineData("ship-postal-code", "zp")]
    [InlineData("Bill-to Name", "fn")]
    [InlineData("Telefoonnummer", "ph")]
    [InlineData("Cognome", "ln")]
    [InlineData("From Email Address", "em")]
    [InlineData("uid", "external_id")]
    public void Columns_have_their_usual_names(string header, string key)
    {
        var value = key switch
        {
            "em" => "jane@example.com",
            "ph" => "+4930123456",
            "client_ip_address" => "8.8.8.8",
            "fn" => "Jane Doe",
            "zp" => "10115",
            "country" => "DE",
            _ => "Doe",
        };

        Keys(One($$"""{"email address":"a@b.de","{{header}}":"{{value}}","value":5}""")).Should().Contain(key);
    }

    [Theory]
    [InlineData("Nº pedido")]
    [InlineData("N° commande")]
    [InlineData("Ordernummer")]
    [InlineData("amazon-order-id")]
    public void Order_numbers_have_their_usual_names(string header) =>
        Custom(One($$"""{"email":"a@b.de","{{header}}":"17","value":5}"""), "order_id").Should().Be("\"17\"");

    [Theory]
    [InlineData("27/11/2026 14h05", null, 13, 5)]
    [InlineData("27/11/2026 14 h 05", null, 13, 5)]
    [InlineData("27.11.2026 14:05 Uhr", null, 13, 5)]
    [InlineData("Freitag, 27. November 2026 14:05", null, 13, 5)]
    [InlineData("27 novembre 2026 à 14:05", null, 13, 5)]
    [InlineData("27 de noviembre de 2026 14:05", null, 13, 5)]
    [InlineData("27-Nov-26", null, -1, 0)]
    [InlineData("27.11.2026", "14:05 Uhr", 13, 5)]
    [InlineData("27.11.2026", "14.05", 13, 5)]
    [InlineData("27.11.2026", "14h05", 13, 5)]
    [InlineData("27.11.2026", "0,5868", 13, 5)]
    [InlineData("46353", "0,5868", 13, 5)]
    [InlineData("46353", "14:05", 13, 5)]
    public void Times_are_read_as_they_are_written(string date, string? time, int hour, int minute)
    {
        var clock = time is null ? "" : $",\"Uhrzeit\":\"{time}\"";
        var at = Time(One($$"""{"email":"a@b.de","value":5,"Datum":"{{date}}"{{clock}}}"""));

        at.Should()
            .BeCloseTo(
                new DateTimeOffset(2026, 11, 27, 0, minute, 0, TimeSpan.Zero).AddHours(hour),
                TimeSpan.FromSeconds(59),
                "a fraction of a day has no seconds"
            );
    }

    [Fact]
    public void A_header_in_UTC_is_believed() =>
        Time(One("""{"email":"a@b.de","value":5,"Created date (UTC)":"2026-11-27 10:00"}"""))
            .Should()
            .Be(DateTimeOffset.Parse("2026-11-27T10:00:00Z", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("Total (£)", "GBP")]
    [InlineData("Betrag €", "EUR")]
    [InlineData("Betrag CHF", "CHF")]
    public void The_header_of_an_amount_names_its_currency(string header, string currency) =>
        Custom(One($$"""{"email":"a@b.de","{{header}}":"5"}"""), "currency").Should().Be($"\"{currency}\"");

    [Theory]
    [InlineData("4,91512E+12")]
    [InlineData("4.91512E+12")]
    [InlineData("4.915E+11")]
    public void A_phone_number_that_a_spreadsheet_has_rounded_is_left_out(string phone)
    {
        var result = One($$"""{"email":"a@b.de","phone":"{{phone}}","value":5}""");

        result.Warnings.Should().Equal(Warning.InvalidPhone);
        Keys(result).Should().Equal("em");
    }

    [Theory]
    [InlineData("""{"Kundennr":"Summe","Betrag":"120,00"}""")]
    [InlineData("""{"Nachname":"Total","PLZ":"","Ort":"","Land":"DE","Betrag":"120,00"}""")]
    [InlineData("""{"Datum":"Grand Total","Kundennr":"3","Betrag":"120,00"}""")]
    public void A_line_that_adds_up_the_others_is_no_sale(string row) =>
        One(row).Reason.Should().Be(Reason.InsufficientCustomerInformation);

    [Fact]
    public void A_later_row_of_an_order_may_repeat_another_column_for_the_time()
    {
        var results = Map(
            """
            [{"Name":"#1","Email":"a@b.de","Paid at":"2026-11-27 10:00:05","Total":"55",
              "Created at":"2026-11-27 10:00:00",
              "Lineitem sku":"SOCK"},
             {"Name":"#1","Email":"a@b.de","Created at":"2026-11-27 10:00:00","Lineitem sku":"TOTE"},
             {"Name":"#1","Email":"a@b.de","Created at":"2026-11-28 10:00:00","Lineitem sku":"HAT"}]
            """
        );

        results.Select(result => result.Rows).Should().Equal(2, 1);
    }

    [Fact]
    public void Several_columns_of_the_same_name_count_all()
    {
        var result = One("""{"email":"a@b.de","email":"c@d.de","phone":"+4930123456","value":5}""");

        Event(result).GetProperty("user_data").GetProperty("em").GetArrayLength().Should().Be(2);
        result.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void A_header_with_what_is_no_character_means_nothing_new() =>
        Keys(One("""{"em\uFFFEail":"a@b.de","value":5}""")).Should().Equal("em");

    private static EventResult One(string row) => Map(row).Single();

    private static IReadOnlyList<EventResult> Map(string body)
    {
        using var tree = JsonTree.Parse(body);
        var options = new MappingOptions
        {
            Source = FlatFileDefinition.Instance,
            SourceOptions = new FlatFileOptions { TimeZone = "Europe/Berlin" },
            DatasetId = "5",
            DefaultCurrency = "USD",
        };
        return new ConversionPipeline(options).Map(tree.Root, new Receipt(Now));
    }

    private static JsonElement Event(EventResult result) =>
        JsonElement.Parse(result.Deliveries.Should().ContainSingle().Subject.Payload.Span);

    private static DateTimeOffset Time(EventResult result) =>
        DateTimeOffset.FromUnixTimeSeconds(Event(result).GetProperty("event_time").GetInt64());

    private static IEnumerable<string> Keys(EventResult result) =>
        Event(result).GetProperty("user_data").EnumerateObject().Select(key => key.Name);

    private static string Custom(EventResult result, string name) =>
        Event(result).GetProperty("custom_data").GetProperty(name).GetRawText();
}

using System.Globalization;
using System.Text;
using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Tests.Targets.Meta.Responses;

public sealed class GraphResponseReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"events_received":7,"messages":[],"fbtrace_id":"A"}""", 7L)]
    [InlineData("""{"id":"1","num_processed_entries":7}""", 7L)]
    [InlineData("""{"events_received":"7"}""", 7L)]
    [InlineData("""{"success":true}""", null)]
    [InlineData("""{"events_received":7.5}""", null)]
    [InlineData("""[7]""", null)]
    [InlineData("<html><body>Bad gateway</body></html>", null)]
    [InlineData("""{"events_received":7,"mess""", null)]
    [InlineData("", null)]
    public void Any_body_can_be_read_and_only_an_integer_is_a_count(string body, long? received)
    {
        var response = Read(body);

        response.Received.Should().Be(received);
        response.Error.Should().BeNull();
    }

    [Fact]
    public void An_error_is_found_under_any_status_and_none_of_its_texts_is_kept()
    {
        var response = Read(
            """
            {"error":{"message":"jane@example.com is bad","type":"OAuthException","code":100,
            "error_subcode":2804019,"is_transient":true,"error_user_title":"Jane is bad",
            "error_user_msg":"jane@example.com","fbtrace_id":"Az"}}
            """
        );

        response.Error.Should().Be(new GraphError(100, 2804019, true));
        response.TraceId.Should().Be("Az");
        response.ToString().Should().NotContainEquivalentOf("jane");
    }

    [Fact]
    public void The_older_form_of_errors_is_understood() =>
        Read("""{"error_code":190,"error_msg":"expired","error_type":"OAuthException","error_subcode":463}""")
            .Error.Should()
            .Be(new GraphError(190, 463));

    [Theory]
    [InlineData("""{"event_index":14,"code":2804030}""")]
    [InlineData("\"{\\\"event_index\\\":14}\"")]
    public void The_event_index_of_the_legacy_API_is_read(string detail) =>
        Read("""{"error":{"code":100,"error_subcode":1815356,"error_data":""" + detail + "}}")
            .Error!.EventIndex.Should()
            .Be(14);

    [Theory]
    [InlineData("\"nothing\"")]
    [InlineData("{\"blame_field_specs\":[[\"data\"]]}")]
    [InlineData("null")]
    public void Other_error_data_contains_no_event_index(string detail) =>
        Read("""{"error":{"code":100,"error_data":""" + detail + "}}").Error!.EventIndex.Should().BeNull();

    [Fact]
    public void The_wait_is_the_longest_of_those_the_headers_ask_for()
    {
        var response = Read(
            "{}",
            ("Retry-After", "30"),
            (
                "X-Business-Use-Case-Usage",
                """{"1":[{"type":"x","call_count":91,"estimated_time_to_regain_access":2}]}"""
            )
        );

        response.Wait.Should().Be(TimeSpan.FromMinutes(2));
        response.Usage.Should().Be(91);
    }

    [Fact]
    public void Retry_After_may_be_a_date() =>
        Read("", ("Retry-After", Now.AddMinutes(3).ToString("R", CultureInfo.InvariantCulture)))
            .Wait.Should()
            .Be(TimeSpan.FromMinutes(3));

    [Fact]
    public void A_wait_is_limited_to_a_year() =>
        Read("", ("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")).Wait.Should().Be(TimeSpan.FromDays(365));

    [Fact]
    public void A_header_with_a_name_that_is_not_Unicode_is_ignored() =>
        Read("{}", ("X-App-Usage", """{"\udfff":8}""")).Usage.Should().Be(0);

    [Fact]
    public void Usage_is_the_highest_percentage_of_any_header() =>
        Read(
            "{}",
            ("X-App-Usage", """{"call_count":10,"total_cputime":76.5,"total_time":3}"""),
            ("X-Ad-Account-Usage", """{"acc_id_util_pct":9.67}""")
        )
            .Usage.Should()
            .Be(76.5);

    [Fact]
    public void Unreadable_headers_are_ignored() =>
        Read("{}", ("X-App-Usage", "lots"), ("Retry-After", "soon"))
            .Should()
            .Match<GraphResponse>(response => response.Wait == null && response.Usage == 0);

    [Fact]
    public void A_body_that_is_not_UTF8_is_a_response_without_an_error() =>
        GraphResponse
            .Read(
                400,
                Headers(),
                new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' },
                Now
            )
            .Error.Should()
            .BeNull();

    [Theory]
    [InlineData("AbCdEfGhIjKlMnOpQrS_-t", true)]
    [InlineData("BLBz/WZt8dN", true)]
    [InlineData("jane@example.com", false)]
    [InlineData("+4915123456789", false)]
    [InlineData("Jane Doe", false)]
    [InlineData("AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIjKlMnO", false)]
    public void A_trace_id_is_one_word_of_letters_and_digits(string trace, bool kept) =>
        Read($$"""{"fbtrace_id":"{{trace}}"}""").TraceId.Should().Be(kept ? trace : null);

    private static GraphResponse Read(string body, params (string Name, string Value)[] headers) =>
        GraphResponse.Read(200, Headers(headers), Encoding.UTF8.GetBytes(body), Now);

    private static System.Net.Http.Headers.HttpResponseHeaders Headers(params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response.Headers;
    }
}

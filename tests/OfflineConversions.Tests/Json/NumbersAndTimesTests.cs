using System.Text;
using System.Text.Json.Nodes;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Json;

/// <summary>Numbers stay themselves from end to end, and no clock or time zone of the host has a say.</summary>
public class NumbersAndTimesTests
{
    [Theory]
    [InlineData("19")]
    [InlineData("19.90")]
    [InlineData("123.45")]
    [InlineData("0")]
    [InlineData("1e2")]
    [InlineData("1.5E-7")]
    [InlineData("9007199254740993")]
    [InlineData("1234567890123456789012345678")]
    [InlineData("0.1234567890123456789012345678")]
    [InlineData("79228162514264337593543950336.125")]
    public void A_number_goes_out_as_it_came_in_and_so_does_one_in_a_string(string number)
    {
        foreach (var written in (string[])[number, $"\"{number}\"", $"\" {number} \""])
        {
            // A line of quantity zero is no line.
            var quantity = number == "0" ? "1" : written;
            foreach (var api in Enum.GetValues<MetaApi>())
            {
                var text = Text(
                    Some.RudderStack(options => options.Api = api),
                    $$$$"""
                    {"type":"track","event":"Order Completed","messageId":"m","userId":"u",
                     "properties":{"value":{{{{written}}}},"currency":"EUR","products":[{"id":"p",
                      "price":{{{{written}}}},"quantity":{{{{quantity}}}}}]}}
                    """
                );
                text.Should()
                    .Contain($"\"value\":{number},")
                    .And.Contain($"price\":{number}}}")
                    .And.Contain($"\"quantity\":{quantity.Trim('"', ' ')},");
            }
        }
    }

    [Fact]
    public void A_free_property_goes_out_with_every_digit_it_came_with() =>
        Text(
                Some.Segment(),
                """
                {"type":"track","event":"Product Added","messageId":"m","userId":"u",
                 "properties":{"big":12345678901234567890.10,"list":[1.0,2e5]}}
                """
            )
            .Should()
            .Contain("\"big\":12345678901234567890.10")
            .And.Contain("[1.0,2e5]");

    [Fact]
    public void A_sum_of_prices_is_exact() =>
        Text(
                Some.MParticle(),
                """
                {"user_identities":{"email":"a@b.co"},"events":[{"event_type":"commerce_event",
                 "data":{"currency_code":"EUR","product_action":{"action":"purchase",
                 "products":[{"id":"a","price":0.1},{"id":"b","price":"0.2"},{"id":"c","price":1e-3}]}}}]}
                """
            )
            .Should()
            .Contain("\"value\":0.301,");

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("-8093451436421563902")]
    [InlineData("18446744073709551616")]
    public void An_id_beyond_what_a_double_holds_keeps_its_digits(string id)
    {
        Text(
                Some.MParticle(),
                $$$$"""
                {"mpid":{{{{id}}}},"user_identities":{"email":"a@b.co"},"events":[{"event_type":"commerce_event",
                 "data":{"event_id":{{{{id}}}},"currency_code":"EUR",
                 "product_action":{"action":"purchase","transaction_id":{{{{id}}}},"total_amount":1,
                  "products":[{"id":{{{{id}}}}}]}}}]}
                """
            )
            .Should()
            .Contain($"\"event_id\":\"{id}\"")
            .And.Contain($"\"order_id\":\"{id}\"")
            .And.Contain($"\"contents\":[{{\"id\":\"{id}\"}}]");
    }

    [Theory]
    [InlineData("2026-11-20T23:30:00-11:00", 1795257000)]
    [InlineData("2026-11-21T10:30:00Z", 1795257000)]
    [InlineData("2026-11-21T10:30:00", 1795257000)]
    [InlineData("2026-11-21T10:30:00.999", 1795257000)]
    public void A_time_without_a_zone_is_UTC_and_never_the_hosts_own(string time, long expected)
    {
        var body = JsonPath.Set(
            """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""",
            "timestamp",
            $"\"{time}\""
        );
        Some.Segment().MapOne(body).Payload()["event_time"]!.GetValue<long>().Should().Be(expected);
        Some.RudderStack().MapOne(body).Payload()["event_time"]!.GetValue<long>().Should().Be(expected);
    }

    [Theory]
    [InlineData("1990-04-03")]
    [InlineData("1990-04-03T00:00:00+14:00")]
    [InlineData("1990-04-03T23:59:59-11:00")]
    [InlineData("1990-04-03T23:59:59Z")]
    public void A_birthday_is_the_day_as_written_in_every_zone(string birthday) =>
        Some.RudderStack()
            .MapOne(
                JsonPath.Set(
                    """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""",
                    "traits.birthday",
                    $"\"{birthday}\""
                )
            )
            .Payload()["user_data"]!["db"]!
            .ToString()
            .Should()
            .Be(Some.Sha256("19900403"));

    [Fact]
    public void The_core_uses_nothing_that_depends_on_the_hosts_zone()
    {
        string[] local =
        [
            "DateTime.Now",
            "DateTime.Today",
            "DateTimeOffset.Now",
            "TimeZoneInfo.Local",
            ".ToLocalTime(",
            ".LocalDateTime",
            "AssumeLocal",
            "DateTimeKind.Local",
        ];
        foreach (
            var file in Directory.EnumerateFiles(
                Path.Combine(Root(), "src", "OfflineConversions"),
                "*.cs",
                SearchOption.AllDirectories
            )
        )
        {
            var text = File.ReadAllText(file);
            local.Where(name => text.Contains(name, StringComparison.Ordinal)).Should().BeEmpty(file);
        }
    }

    [Fact]
    public void Lists_of_emails_and_phones_are_sent_whole_once_each_and_in_order()
    {
        const string Traits = """
            {"email":["B@x.co","a@x.co","b@x.co ","no address"],"phone":["+1 202 555 0146",442079460958,
             "12025550146"]}
            """;
        foreach (
            var (options, path) in new[]
            {
                (Some.Segment(), "context.traits"),
                (Some.RudderStack(), "traits"),
                (Some.RudderStack(), "context.traits"),
            }
        )
        {
            var body = JsonPath.Set(
                """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""",
                path,
                Traits
            );
            var expectedEmails = new JsonArray(Some.Sha256("b@x.co"), Some.Sha256("a@x.co")).ToJsonString();
            var expectedPhones = new JsonArray(Some.Sha256("12025550146"), Some.Sha256("442079460958")).ToJsonString();
            options.Api = MetaApi.ConversionsApi;
            var userData = options.MapOne(body).Payload()["user_data"]!;
            userData["em"].ShouldBe(expectedEmails);
            userData["ph"].ShouldBe(expectedPhones);
            options.Api = MetaApi.OfflineEvents;
            var matchKeys = options.MapOne(body).Payload()["match_keys"]!;
            matchKeys["email"].ShouldBe(expectedEmails);
            matchKeys["phone"].ShouldBe(expectedPhones);
        }
    }

    [Fact]
    public void Any_combination_of_odd_times_has_an_outcome()
    {
        string[] odd =
        [
            "\"9999-12-31T23:59:59Z\"",
            "\"0001-01-01T00:00:00Z\"",
            "253402300799",
            "253402300799999",
            "0",
            "-1",
            "1e300",
            "\"1970-01-01\"",
            "\"2026-11-21T12:00:00+14:00\"",
            "null",
        ];
        foreach (
            var receivedAt in new[]
            {
                Some.Now,
                DateTimeOffset.MinValue,
                DateTimeOffset.MaxValue,
                DateTimeOffset.UnixEpoch,
            }
        )
        {
            foreach (var first in odd)
            {
                foreach (var second in odd)
                {
                    var body = $$$"""
                        {"type":"track","event":"Product Added","messageId":"m","userId":"u","timestamp":{{{first}}},
                         "sentAt":{{{second}}},"originalTimestamp":{{{first}}},
                         "context":{"page":{"url":"https://a.test/?fbclid=x"}},"receivedAt":{{{second}}}}
                        """;
                    foreach (var options in new[] { Some.Segment(), Some.RudderStack() })
                    {
                        options.MapOne(body, receivedAt).Outcome.Should().BeOneOf(Outcome.Accepted, Outcome.Rejected);
                    }

                    var commandersAct = $$$"""
                        {"event_name":"search","user":{"id":"u"},"context":{"event_timestamp":{{{first}}}},
                         "event_timestamp":{{{second}}}}
                        """;
                    Some.CommandersAct()
                        .MapOne(commandersAct, receivedAt)
                        .Outcome.Should()
                        .BeOneOf(Outcome.Accepted, Outcome.Rejected);
                }
            }
        }
    }

    private static string Text(MappingOptions options, string body) =>
        Encoding.UTF8.GetString(options.MapOne(body).Deliveries.Should().ContainSingle().Subject.Payload.Span);

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}

using OfflineConversions.Conversions;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.Segment;

/// <summary>When a Segment event happened.</summary>
public sealed class SegmentTimeTests
{
    private const string Bare = """{"type":"track","event":"Product Added","messageId":"m","userId":"u"}""";

    [Fact]
    public void The_clients_clock_error_is_taken_out_of_the_time()
    {
        // Sent ten minutes after it happened by a clock that runs two hours late.
        var body = """
            {"type":"track","event":"Product Added","messageId":"m","userId":"u",
             "timestamp":"2026-11-21T09:50:00Z","sentAt":"2026-11-21T10:00:00Z"}
            """;
        Some.Segment().MapOne(body).Payload()["event_time"]!
            .GetValue<long>()
            .Should()
            .Be(Some.Now.AddMinutes(-10).ToUnixTimeSeconds());
    }

    [Fact]
    public void A_forwarded_message_is_corrected_by_the_time_at_which_Segment_received_it()
    {
        var body = """
            {"type":"track","event":"Product Added","messageId":"m","userId":"u",
             "originalTimestamp":"2026-11-20T09:50:00Z",
             "timestamp":"2026-11-20T11:50:00Z","sentAt":"2026-11-20T10:00:00Z","receivedAt":"2026-11-20T12:00:00Z"}
            """;
        Some.Segment().MapOne(body).Payload()["event_time"]!
            .GetValue<long>()
            .Should()
            .Be(new DateTimeOffset(2026, 11, 20, 11, 50, 0, TimeSpan.Zero).ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("2026-11-21T11:00:00.1234567+01:00", 1795255200)]
    [InlineData("2026-11-21T10:00:00.123456789Z", 1795255200)]
    [InlineData("2026-11-21", 1795219200)]
    public void A_time_is_read_in_every_ISO_form(string timestamp, long expected) =>
        Some.Segment().MapOne(JsonPath.Set(Bare, "timestamp", $"\"{timestamp}\"")).Payload()["event_time"]!
            .GetValue<long>()
            .Should()
            .Be(expected);

    [Fact]
    public void A_time_that_is_none_leaves_the_time_of_receipt_and_a_warning()
    {
        var result = Some.Segment().MapOne(JsonPath.Set(Bare, "timestamp", "\"yesterday\""));
        result.Payload()["event_time"]!.GetValue<long>().Should().Be(Some.Now.ToUnixTimeSeconds());
        result.Warnings.Should().Equal("invalid_time");
    }
}

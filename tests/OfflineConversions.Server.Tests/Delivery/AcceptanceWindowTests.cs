using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Delivery;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class AcceptanceWindowTests
{
    private static readonly DateTimeOffset Sold = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly DateTimeOffset Earliest = Sold.AddDays(1);

    [Theory]
    [InlineData("""{"event_time":1700000000,"action_source":"website"}""", 7)]
    [InlineData("""{"event_time":1700000000,"action_source":"physical_store"}""", 62)]
    [InlineData("""{"match_keys":{},"event_time":1700000000,"action_source":"website"}""", 7)]
    [InlineData("""{"match_keys":{},"event_time":1700000000,"action_source":"physical_store"}""", 62)]
    [InlineData("""{"event_time":1700000000}""", 7)]
    public void The_window_depends_on_where_it_happened(string payload, int days) =>
        Closes(payload).Should().Be(Sold.AddDays(days));

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"event_time":"yesterday"}""")]
    [InlineData("""{"event_time":9223372036854775807}""")]
    [InlineData("""{"event_time":1700000000,"action_source":7}""")]
    public void The_chunks_own_time_stands_where_the_payload_tells_nothing(string payload) =>
        Closes(payload).Should().Be(Earliest);

    [Fact]
    public void No_event_expires_before_its_chunk_says() =>
        Closes("""{"event_time":1,"action_source":"website"}""").Should().Be(Earliest);

    private static DateTimeOffset Closes(string payload) =>
        AcceptanceWindow.ClosesAt(Encoding.UTF8.GetBytes(payload), new MappingOptions(), Earliest);
}

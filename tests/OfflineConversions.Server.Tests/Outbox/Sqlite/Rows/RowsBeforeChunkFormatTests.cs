using System.Buffers.Binary;
using System.Text;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Rows;

public sealed class RowsBeforeChunkFormatTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_event_expires_when_its_own_window_closes()
    {
        var events = Read(
            Noon.AddDays(7),
            Payload(Noon),
            Payload(Noon.AddDays(2)),
            Payload(Noon.AddDays(-1), "physical_store")
        );

        events.Select(stored => stored.ExpiresAt).Should().Equal(Noon.AddDays(7), Noon.AddDays(9), Noon.AddDays(61));
    }

    [Fact]
    public void No_event_expires_before_the_time_of_its_row()
    {
        Read(Noon.AddDays(30), Payload(Noon.AddDays(-90), "physical_store"), "{}", """{"event_time":"soon"}""", "[]")
            .Should()
            .OnlyContain(stored => stored.ExpiresAt == Noon.AddDays(30));
    }

    [Fact]
    public void A_longer_window_than_Metas_is_kept()
    {
        Read(Noon.AddDays(20), Payload(Noon), Payload(Noon.AddDays(1)))
            .Select(stored => stored.ExpiresAt)
            .Should()
            .Equal(Noon.AddDays(20), Noon.AddDays(21));
    }

    [Fact]
    public void A_time_at_the_end_of_the_calendar_is_no_defect() =>
        Read(Noon, """{"event_time":253402300799}""", """{"event_time":9223372036854775807}""")
            .Should()
            .OnlyContain(stored => stored.ExpiresAt == Noon);

    [Fact]
    public void The_deduplication_key_is_the_one_that_was_written_then_and_the_legacy_shape_has_none()
    {
        Read(
                Noon,
                """{"event_name":"Purchase","event_id":"a"}""",
                """{"event_name":"Purchase","match_keys":{}}""",
                "[]"
            )
            .Select(stored => stored.Key)
            .Should()
            .Equal(
                DeduplicationKey.OfEveryConnection("1001", "Purchase", "a"),
                DeduplicationKey.None,
                DeduplicationKey.None
            );
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{\"event_name\":\"Purchase\"")]
    [InlineData("{\"event_name\":\"Pur\u0001chase\"}")]
    public void A_payload_that_is_no_JSON_is_damage_although_nothing_has_a_checksum(string payload)
    {
        Read(Noon, "{}", payload).Should().ContainSingle("the other event is intact");
        RowsBeforeChunkFormat
            .ReadFailed(Encoding.UTF8.GetBytes(payload), Noon, "1001")
            .Damage.Should()
            .Be(ChunkDamage.Malformed);
    }

    [Theory]
    [InlineData("{\"a\":\"\u00ff\"}")]
    [InlineData("{\"a\":\"\u00c3(\"}")]
    [InlineData("{\"\u00e2\u0082\":1}")]
    [InlineData("{\"a\":{\"b\":[\"\u00f0\u009f\u0098\"]}}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":\"\\udc00\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    public void Text_that_is_not_Unicode_is_damage_of_its_own_event_only(string payload)
    {
        var (intact, damaged) = ("{}"u8.ToArray(), Encoding.Latin1.GetBytes(payload));
        var ends = Ends(2, 2 + damaged.Length, 4 + damaged.Length);

        var chunk = RowsBeforeChunkFormat.ReadChunk([.. intact, .. damaged, .. intact], ends, Noon, "1001");

        chunk.Damage.Should().Be(ChunkDamage.Malformed);
        chunk.Events.Should().HaveCount(2);
        RowsBeforeChunkFormat.ReadFailed(damaged, Noon, "1001").Damage.Should().Be(ChunkDamage.Malformed);
    }

    [Fact]
    public void Ends_that_make_no_sense_are_damage()
    {
        var payload = "{}{}"u8.ToArray();

        RowsBeforeChunkFormat.ReadChunk(payload, Ends(2, 5), Noon, "1001").Damage.Should().Be(ChunkDamage.Malformed);
        RowsBeforeChunkFormat.ReadChunk(payload, Ends(2), Noon, "1001").IsReadable.Should().BeFalse();
        RowsBeforeChunkFormat.ReadChunk(payload, Ends(), Noon, "1001").IsReadable.Should().BeFalse();
        RowsBeforeChunkFormat.ReadChunk(payload, Ends(4, 2), Noon, "1001").IsReadable.Should().BeFalse();
        RowsBeforeChunkFormat.ReadChunk(payload, Ends(2, 4), Noon, "1001").IsReadable.Should().BeTrue();
    }

    private static string Payload(DateTimeOffset at, string actionSource = "website") =>
        $$"""{"event_time":{{at.ToUnixTimeSeconds()}},"action_source":"{{actionSource}}"}""";

    private static IReadOnlyList<StoredEvent> Read(DateTimeOffset expiresAt, params string[] payloads)
    {
        var bytes = payloads.Select(Encoding.UTF8.GetBytes).ToArray();
        var ends = bytes.Select((_, index) => bytes.Take(index + 1).Sum(payload => payload.Length));
        return RowsBeforeChunkFormat
            .ReadChunk([.. bytes.SelectMany(payload => payload)], Ends([.. ends]), expiresAt, "1001")
            .Events;
    }

    private static byte[] Ends(params int[] ends)
    {
        var bytes = new byte[ends.Length * sizeof(int)];
        for (var index = 0; index < ends.Length; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(index * sizeof(int)), ends[index]);
        }

        return bytes;
    }
}

using System.Runtime.InteropServices;
using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;

namespace OfflineConversions.Tests.Conversions;

public class PayloadBufferTests
{
    [Fact]
    public void Payloads_of_any_length_are_kept_side_by_side()
    {
        using var buffer = new PayloadBuffer();
        int[] lengths = [0, 1, 1_800, 4_095, 4_096, 4_097, 70_000, 3, 300_000, 1_800, 64 * 1024, 1];
        var payloads = lengths.Select((length, i) => Enumerable.Repeat((byte)('a' + i), length).ToArray()).ToArray();

        var copies = payloads.Select(payload => buffer.Copy(payload)).ToArray();

        copies.Select(copy => copy.ToArray()).Should().BeEquivalentTo(payloads, how => how.WithStrictOrdering());
    }

    [Fact]
    public void Nothing_of_a_payload_is_left_in_the_pool()
    {
        var buffer = new PayloadBuffer();
        ReadOnlyMemory<byte>[] copies = [.. Enumerable.Range(0, 100).Select(_ => buffer.Copy(new byte[1_800]))];
        foreach (var copy in copies)
        {
            MemoryMarshal.AsMemory(copy).Span.Fill((byte)'x');
        }

        buffer.Dispose();

        copies.Select(copy => copy.Span.Contains((byte)'x')).Should().OnlyContain(isLeft => !isLeft);
    }

    [Fact]
    public void It_can_be_used_again_after_it_was_disposed()
    {
        var buffer = new PayloadBuffer();
        buffer.Copy("{}"u8);
        buffer.Dispose();
        buffer.Dispose();

        Encoding.UTF8.GetString(buffer.Copy("[]"u8).Span).Should().Be("[]");
    }

    [Fact]
    public void Events_are_mapped_alike_with_and_without_it()
    {
        var body = string.Join(',', Enumerable.Range(0, 20).Select(i => Track($"order-{i}")));
        using var tree = JsonTree.Parse(Encoding.UTF8.GetBytes($$"""{"batch":[{{body}}]}"""));
        var pipeline = new ConversionPipeline(Some.Segment());
        using var buffer = new PayloadBuffer();

        var owned = pipeline.Map(tree.Root, new Receipt(Some.Now));
        var pooled = pipeline.Map(tree.Root, new Receipt(Some.Now), payloads: buffer);

        owned.Should().OnlyContain(result => result.Outcome == Outcome.Accepted);
        Texts(pooled).Should().Equal(Texts(owned));
    }

    private static IEnumerable<string> Texts(IReadOnlyList<EventResult> results) =>
        results.Select(result => Encoding.UTF8.GetString(result.Deliveries.Single().Payload.Span));

    private static string Track(string id) =>
        $$"""
            {"type":"track","event":"Order Completed","messageId":"{{id}}","userId":"{{id}}",
             "properties":{"revenue":1,"currency":"EUR"},"context":{"traits":{"email":"{{id}}@example.com"} } }
            """;
}

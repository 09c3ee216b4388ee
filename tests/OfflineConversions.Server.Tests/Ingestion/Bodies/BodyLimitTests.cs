using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Tests.Acceptance;
using static OfflineConversions.Server.Tests.Ingestion.Bodies.LimitedIngestion;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

/// <summary>The limits of ingestion other than the size of a body, each over real sockets.</summary>
public sealed class BodyLimitTests
{
    public static TheoryData<string, int> TooLarge =>
        new()
        {
            { SourceName.MParticle, 400 },
            { SourceName.Segment, 413 },
            { SourceName.RudderStack, 413 },
            { SourceName.CommandersAct, 400 },
        };

    [Theory]
    [MemberData(nameof(TooLarge))]
    public async Task A_body_with_too_many_events_is_refused_as_too_large_and_one_at_the_limit_is_accepted(
        string source,
        int status
    )
    {
        await using var service = await StartAsync("\"MaxEventsPerBody\": 5");

        var refused = await service.PostOddAsync(
            source,
            OddEvents.Bytes(OddEvents.Batch(source, Enumerable.Range(0, 6).Select(_ => OddEvents.Event(source))))
        );
        var taken = await service.PostOddAsync(
            source,
            OddEvents.Bytes(OddEvents.Batch(source, Enumerable.Range(0, 5).Select(_ => OddEvents.Event(source))))
        );

        refused.Status.Should().Be(status);
        refused.Outcomes.Single().Should().Contain("more than 5 events");
        taken.Outcomes.Should().HaveCount(5).And.OnlyContain(outcome => outcome == "accepted");
    }

    [Theory]
    [MemberData(nameof(TooLarge))]
    public async Task A_large_body_with_too_many_names_and_values_is_refused_and_a_long_text_is_accepted(
        string source,
        int status
    )
    {
        await using var service = await StartAsync("\"MaxBodyBytes\": 524288, \"MaxInFlightBodyBytes\": 16777216");
        var numbers = string.Concat(Enumerable.Repeat("1,", 200_000));

        var refused = await service.PostOddAsync(
            source,
            OddEvents.Bytes(OddEvents.Batch(source, OddEvents.Event(source, note: $"[{numbers}1]")))
        );
        var taken = await service.PostOddAsync(
            source,
            OddEvents.Bytes(OddEvents.Batch(source, OddEvents.Event(source, note: $"\"{numbers}\"")))
        );

        refused.Status.Should().Be(status);
        refused.Outcomes.Single().Should().Contain("more than 87381 names, values and brackets");
        taken.Outcomes.Should().Equal("accepted");
    }

    [Theory]
    [MemberData(nameof(TooLarge))]
    public async Task A_body_that_decompresses_to_too_many_times_its_size_is_refused_in_every_encoding(
        string source,
        int status
    )
    {
        await using var service = await StartAsync(
            "\"MaxCompressionRatio\": 50, \"MaxBodyBytes\": 33554432, \"MaxInFlightBodyBytes\": 1073741824"
        );
        var (path, key) = OddEvents.Of(source);
        foreach (var layers in new[] { "gzip", "br", "gzip, br", "gzip, gzip, gzip" })
        {
            using var answer = await service.PostAsync(path, Packed(new string(' ', 20_000_000), layers), key);

            ((int)answer.StatusCode).Should().Be(status, layers);
            (await answer.Content.ReadAsStringAsync()).Should().Contain("more than 50 times its size");
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_batch_of_similar_orders_is_accepted_even_if_it_compresses_very_well(string encoding)
    {
        await using var service = await StartAsync("\"MaxEventsPerBody\": 10000");
        var batch = OddEvents.Batch(
            SourceName.Segment,
            Enumerable.Range(0, 8_000).Select(_ => OddEvents.Event(SourceName.Segment))
        );

        using var answer = await service.PostAsync(Segment, Packed(batch, encoding), "seg-key-1");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static ByteArrayContent Packed(string text, string encodings)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var encoding in encodings.Split(", "))
        {
            using var packed = new MemoryStream();
            using (
                Stream packer =
                    encoding == "br"
                        ? new BrotliStream(packed, CompressionLevel.Optimal)
                        : new GZipStream(packed, CompressionLevel.Optimal)
            )
            {
                packer.Write(bytes);
            }

            bytes = packed.ToArray();
        }

        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encodings);
        return content;
    }
}

using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

/// <summary>The limits of ingestion other than the size of a body, each over real sockets.</summary>
public sealed class BodyLimitTests
{
    private const string Segment = "/segment/v1/batch";

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

    [Fact]
    public async Task Posts_beyond_the_byte_budget_get_503_while_health_checks_and_other_connections_are_served()
    {
        await using var service = await StartAsync("\"MaxBodyBytes\": 65536, \"MaxInFlightBodyBytes\": 1048576");
        var slow = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                slow.Add(await RawConnection.OpenAsync(service.Http.BaseAddress!));
                await slow[^1].SendAsync(Head(65_000, sent: 64_000));
            }

            await Wait.UntilAsync(() => service.Services.GetRequiredService<BodyReader>().InFlightBytes > 500_000);
            using var refused = await service.PostAsync(
                Segment,
                OddEvents.Batch(
                    SourceName.Segment,
                    OddEvents.Event(SourceName.Segment, note: $"\"{new string('x', 60_000)}\"")
                ),
                "seg-key-1"
            );
            var (another, _) = await service.PostOddAsync(
                SourceName.RudderStack,
                OddEvents.Bytes(
                    OddEvents.Batch(
                        SourceName.RudderStack,
                        OddEvents.Event(SourceName.RudderStack, note: $"\"{new string('x', 60_000)}\"")
                    )
                )
            );
            using var alive = await service.Http.GetAsync("/healthz");
            using var ready = await service.Http.GetAsync("/readyz");

            refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            refused.Headers.GetValues("Retry-After").Should().Equal("1");
            another.Should().Be(200);
            new[] { alive, ready }.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.OK);
        }
        finally
        {
            slow.ForEach(connection => connection.Dispose());
        }

        await Wait.UntilAsync(() => service.Services.GetRequiredService<BodyReader>().InFlightBytes == 0);
        (
            await service.PostOddAsync(
                SourceName.Segment,
                OddEvents.Bytes(OddEvents.Batch(SourceName.Segment, OddEvents.Event(SourceName.Segment)))
            )
        )
            .Status.Should()
            .Be(200);
    }

    [Fact]
    public async Task Callers_without_a_key_cannot_use_up_the_budget_of_callers_with_one()
    {
        await using var service = await StartAsync("\"MaxBodyBytes\": 65536, \"MaxInFlightBodyBytes\": 1048576");
        var strangers = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                strangers.Add(await RawConnection.OpenAsync(service.Http.BaseAddress!));
                await strangers[^1].SendAsync(Head(65_000, sent: 64_000, key: false));
            }

            await Wait.UntilAsync(() => service.Services.GetRequiredService<BodyReader>().InFlightBytes > 200_000);
            var message = OddEvents.Batch(
                SourceName.Segment,
                OddEvents.Event(SourceName.Segment, note: $"\"{new string('x', 60_000)}\"")
            );
            using var keyless = await service.PostAsync(
                Segment,
                message.Insert(1, "\"writeKey\":\"seg-key-1\","),
                key: null
            );
            using var keyed = await service.PostAsync(Segment, message, "seg-key-1");

            keyless.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            keyed.StatusCode.Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            strangers.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task An_announced_body_costs_nothing_until_it_arrives()
    {
        await using var service = await StartAsync("\"MaxBodyBytes\": 4194304");
        using var promise = await RawConnection.OpenAsync(service.Http.BaseAddress!);
        await promise.SendAsync(Head(4_000_000));
        (await service.PostOddAsync(SourceName.Segment, "{"u8.ToArray())).Status.Should().Be(400);

        service.Services.GetRequiredService<BodyReader>().InFlightBytes.Should().Be(0);
    }

    [Fact]
    public async Task Posts_on_connections_above_the_limit_get_503_and_health_checks_are_served()
    {
        await using var service = await StartAsync("\"MaxConnections\": 3");
        var idle = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                idle.Add(await RawConnection.OpenAsync(service.Http.BaseAddress!));
            }

            await Wait.UntilAsync(() => service.Services.GetRequiredService<SocketLimit>().Open == 3);
            using var alive = await service.Http.GetAsync("/healthz");
            using var refused = await service.PostAsync(Segment, "{}", "seg-key-1");

            alive.StatusCode.Should().Be(HttpStatusCode.OK);
            refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            refused.Headers.GetValues("Retry-After").Should().Equal("1");
            refused.Headers.ConnectionClose.Should().BeTrue("the next attempt may be below the limit");
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }

        await Wait.UntilAsync(() => service.Services.GetRequiredService<SocketLimit>().Open == 0);
        (await service.PostOddAsync(SourceName.Segment, "[]"u8.ToArray())).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_head_or_a_body_that_does_not_arrive_in_time_gets_408()
    {
        await using var service = await StartAsync(
            "\"HeaderTimeout\": \"00:00:00.5\", \"BodyTimeout\": \"00:00:00.5\""
        );
        using var head = await RawConnection.OpenAsync(service.Http.BaseAddress!);
        using var body = await RawConnection.OpenAsync(service.Http.BaseAddress!);

        await head.SendAsync("POST /segment/v1/batch HTTP/1.1\r\nHost: a\r\n"u8.ToArray());
        await body.SendAsync(Head(100, sent: 1));

        head.Read().Status.Should().Be(408);
        body.Read().Status.Should().Be(408);
    }

    [Fact]
    public async Task Each_of_many_slow_connections_gets_408_and_other_posts_are_accepted_meanwhile()
    {
        await using var service = await StartAsync("\"HeaderTimeout\": \"00:00:00.5\"");
        var slow = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                slow.Add(await RawConnection.OpenAsync(service.Http.BaseAddress!));
                await slow[i].SendAsync("POST /segment/v1/batch HTTP/1.1\r\nHost: a\r\n"u8.ToArray());
            }

            var honest = await service.PostOddAsync(
                SourceName.Segment,
                OddEvents.Bytes(OddEvents.Batch(SourceName.Segment, [OddEvents.Event(SourceName.Segment)]))
            );

            honest.Outcomes.Should().Equal("accepted");
            slow.Should().OnlyContain(connection => connection.Read().Status == 408);
        }
        finally
        {
            slow.ForEach(connection => connection.Dispose());
        }

        await Wait.UntilAsync(() => service.Services.GetRequiredService<SocketLimit>().Open <= 1);
    }

    private static Task<ServiceUnderTest> StartAsync(string ingestion) =>
        ServiceUnderTest.StartAsync($"\"Ingestion\": {{ {ingestion} }}, {ServiceUnderTest.FourSources}");

    private static byte[] Head(int length, int sent = 0, bool key = true) =>
        Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"POST {Segment} HTTP/1.1\r\nHost: a\r\n{(key ? "Authorization: Basic c2VnLWtleS0xOg==\r\n" : "")}Content-Length: {length}\r\n\r\n{new string(' ', sent)}"
            )
        );

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

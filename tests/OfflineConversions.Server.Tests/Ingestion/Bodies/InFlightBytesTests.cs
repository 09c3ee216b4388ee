using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Ingestion.Bodies;
using static OfflineConversions.Server.Tests.Ingestion.Bodies.LimitedIngestion;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

/// <summary>The bytes that all bodies may hold at once, over real sockets.</summary>
public sealed class InFlightBytesTests
{
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
}

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

namespace OfflineConversions.Server.Tests.Ingestion.Kestrel;

/// <summary>The limits of open and slow connections, each over real sockets.</summary>
public sealed class SlowConnectionTests
{
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
}

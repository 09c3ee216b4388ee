using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class BorderTests
{
    [Fact]
    public async Task Ten_thousand_connections_that_send_ahead_hold_less_than_the_framework_would_let_them()
    {
        const int Ahead = 64 * 1024;
        await using var service = await ServiceUnderTest.StartAsync();
        var limits = service.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        service
            .Services.GetRequiredService<IOptions<SocketTransportOptions>>()
            .Value.MaxReadBufferSize.Should()
            .Be(Ahead);
        new[]
        {
            limits.MaxRequestBufferSize,
            limits.Http2.InitialConnectionWindowSize,
            limits.Http2.InitialStreamWindowSize,
        }
            .Should()
            .OnlyContain(size => size == Ahead);
    }
}

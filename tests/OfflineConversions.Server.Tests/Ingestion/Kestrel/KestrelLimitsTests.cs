using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OfflineConversions.Server.Tests.Ingestion.Kestrel;

public sealed class KestrelLimitsTests
{
    [Fact]
    public async Task A_connection_may_send_64_KiB_ahead_and_not_the_frameworks_megabyte()
    {
        const int ReadAhead = 64 * 1024;
        await using var service = await ServiceUnderTest.StartAsync();
        var limits = service.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        service
            .Services.GetRequiredService<IOptions<SocketTransportOptions>>()
            .Value.MaxReadBufferSize.Should()
            .Be(ReadAhead);
        new[]
        {
            limits.MaxRequestBufferSize,
            limits.Http2.InitialConnectionWindowSize,
            limits.Http2.InitialStreamWindowSize,
        }
            .Should()
            .OnlyContain(size => size == ReadAhead);
    }
}

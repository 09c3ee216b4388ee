using System.Net;

namespace OfflineConversions.Server.Tests.Targets.Meta;

public sealed class RemoteOnlyProxyTests
{
    private static readonly Uri ProxyAddress = new("http://proxy.example:3128");

    private readonly RemoteOnlyProxy _proxy = new(new WebProxy(ProxyAddress));

    [Theory]
    [InlineData("http://127.0.0.1:9000/v24.0")]
    [InlineData("http://127.8.8.8:9000/v24.0")]
    [InlineData("http://localhost:9000/v24.0")]
    [InlineData("http://[::1]:9000/v24.0")]
    public void Requests_to_this_machine_bypass_the_proxy(string address)
    {
        _proxy.IsBypassed(new Uri(address)).Should().BeTrue();
        _proxy.GetProxy(new Uri(address)).Should().BeNull();
    }

    [Fact]
    public void Requests_to_Meta_use_the_proxy()
    {
        var meta = new Uri("https://graph.facebook.com");

        _proxy.IsBypassed(meta).Should().BeFalse();
        _proxy.GetProxy(meta).Should().Be(ProxyAddress);
    }
}

using OfflineConversions.Server.Graph;

namespace OfflineConversions.Server.Tests.Graph;

public sealed class GraphAddressTests
{
    [Fact]
    public void Graph_moves_once()
    {
        var address = new GraphAddress(new Uri("https://graph.facebook.com"));

        address.MoveTo(new Uri("http://127.0.0.1:8080/sandbox"));

        address.Current.Should().Be(new Uri("http://127.0.0.1:8080/sandbox"));
        address.Invoking(it => it.MoveTo(new Uri("http://elsewhere"))).Should().Throw<InvalidOperationException>();
    }
}

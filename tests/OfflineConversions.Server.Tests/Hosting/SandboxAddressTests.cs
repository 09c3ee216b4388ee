using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Hosting;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class SandboxAddressTests
{
    [Theory]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://+:80", "http://127.0.0.1/")]
    [InlineData("http://localhost:5000", "http://localhost:5000/")]
    public void With_the_sandbox_deliveries_stay_in_this_process(string listening, string expected) =>
        Address(new ServiceOptions { Sandbox = { Enabled = true } }, listening).Should().Be(new Uri(expected));

    [Fact]
    public void A_Graph_address_of_ones_own_wins_over_the_sandbox() =>
        Address(
                new ServiceOptions
                {
                    Sandbox = { Enabled = true },
                    Graph = { BaseAddress = new Uri("http://gateway:1") },
                },
                "http://localhost:5000"
            )
            .Should()
            .Be(new Uri("http://gateway:1"));

    [Fact]
    public void Without_the_sandbox_deliveries_go_to_Graph() =>
        Address(new ServiceOptions(), "http://localhost:5000").Should().Be(GraphOptions.DefaultBaseAddress);

    private static Uri? Address(ServiceOptions options, string listening) =>
        new SandboxAddress(options, new ListeningAddress(new Listening(listening))).Current;

    private sealed class Listening : IServer
    {
        public Listening(string address)
        {
            var addresses = new ServerAddressesFeature();
            addresses.Addresses.Add(address);
            Features.Set<IServerAddressesFeature>(addresses);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() { }
    }
}

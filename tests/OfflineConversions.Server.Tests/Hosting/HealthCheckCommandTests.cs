using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Fuzzing.Processes;
using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class HealthCheckCommandTests
{
    [Fact]
    public async Task A_running_service_is_healthy()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var code = await Program.Main([HealthCheckCommand.Option, "--urls", service.Http.BaseAddress!.ToString()]);

        code.Should().Be(0);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_unhealthy_and_the_probe_says_where_it_looked()
    {
        var errors = new StringWriter();

        var code = await HealthCheckCommand.RunAsync(
            ["--urls", $"http://127.0.0.1:{FreePort.Find()}", HealthCheckCommand.Option],
            errors
        );

        code.Should().Be(1);
        errors.ToString().Should().Contain("/healthz").And.Contain("did not respond");
    }

    [Theory]
    [InlineData("http://[bad")]
    [InlineData("http://127.0.0.1:99999")]
    public async Task A_service_with_an_impossible_address_is_unhealthy(string address)
    {
        var errors = new StringWriter();

        var code = await HealthCheckCommand.RunAsync([HealthCheckCommand.Option, "--urls", address], errors);

        code.Should().Be(1);
        errors.ToString().Should().Contain("is not an address to listen on");
    }

    [Fact]
    public async Task A_service_that_never_answers_is_unhealthy()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var errors = new StringWriter();

        var code = await HealthCheckCommand.RunAsync(
            [HealthCheckCommand.Option, "--urls", $"http://{silent.LocalEndpoint}"],
            errors
        );

        code.Should().Be(1);
        errors.ToString().Should().Contain("did not respond");
    }

    [Fact]
    public async Task A_service_that_refuses_the_question_is_unhealthy()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"AllowedHosts\": \"shop.example\", {ServiceUnderTest.FourSources}"
        );
        var errors = new StringWriter();

        var code = await HealthCheckCommand.RunAsync(
            [HealthCheckCommand.Option, "--urls", service.Http.BaseAddress!.ToString()],
            errors
        );

        code.Should().Be(1);
        errors.ToString().Should().Contain("responded with status 400");
    }

    [Theory]
    [InlineData(null, null, "http://localhost:5000/")]
    [InlineData(null, "8080", "http://127.0.0.1:8080/")]
    [InlineData(null, "8080;8081", "http://127.0.0.1:8080/")]
    [InlineData("http://+:9000", "8080", "http://127.0.0.1:9000/")]
    [InlineData("https://*:8443;http://[::]:9000", null, "http://127.0.0.1:9000/")]
    [InlineData("http://10.1.2.3:9000/", null, "http://10.1.2.3:9000/")]
    [InlineData("https://*:8443", "8080", null)]
    public void The_probe_asks_where_the_service_listens(string? urls, string? ports, string? expected)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("urls", urls), new("http_ports", ports)])
            .Build();

        (HealthCheckCommand.Address(configuration)?.ToString()).Should().Be(expected);
    }
}

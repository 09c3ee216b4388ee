using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

/// <summary>Bodies that do not end as HTTP requires, over raw sockets and without a key.</summary>
public sealed class BrokenBodyTests(BrokenBodyServices running) : IClassFixture<BrokenBodyServices>
{
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n";

    private static readonly string[] Requests =
    [
        "POST /segment/v1/batch HTTP/1.1",
        "POST /v1/batch HTTP/1.1",
        "PUT /mparticle/v2/events HTTP/1.1",
        "POST /rudderstack/beacon/v1/batch?writeKey=unknown HTTP/1.1",
        "POST /commandersact/events HTTP/1.1",
        "GET /pixel/v1/track?writeKey=rud-key-1&a.b=%ff%00&a.b.c=1 HTTP/1.1",
        "POST /api/preview HTTP/1.1",
        "POST /api/erasure HTTP/1.1",
        "POST /api/failed/replay HTTP/1.1",
        "POST /healthz HTTP/1.1",
        "POST /nowhere HTTP/1.1",
        "POST /sandbox/faults HTTP/1.1",
        "POST /v27.0/1/events HTTP/1.1",
    ];

    /// <summary>How the client goes on after its request.</summary>
    private enum Ending
    {
        Waits,
        EndsItsSide,
        Resets,
    }

    [Theory]
    [MemberData(nameof(BrokenBodies.All), MemberType = typeof(BrokenBodies))]
    public async Task A_broken_body_is_the_callers_mistake_and_leaves_no_error_in_the_log(string what, string rest)
    {
        var attempts = running.All.SelectMany(service =>
            Requests
                .Select(request => $"{request}\r\nHost: a\r\nAuthorization: {service.Key}\r\n{rest}")
                .SelectMany(request => Enum.GetValues<Ending>().Select(ending => SendAsync(service, request, ending)))
        );
        var statuses = await Task.WhenAll(attempts);

        statuses.Should().NotContain(500, what).And.Contain(status => status >= 400, what);
        running.Problems().Should().BeEmpty(what);
    }

    [Theory]
    [InlineData("80000000")]
    [InlineData("FFFFFFFF")]
    [InlineData("10000000000000002")]
    [InlineData("ZZ")]
    public async Task A_chunk_size_that_cannot_be_read_is_refused_in_the_form_of_the_source_and_counted(string size)
    {
        var service = running.All[0];
        using var connection = await RawConnection.OpenAsync(service.Service.Http.BaseAddress!);
        await connection.SendAsync(
            Encoding.Latin1.GetBytes(
                "POST /segment/v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer seg-key-1\r\n"
                    + $"{Chunked}2\r\n{{}}\r\n{size}\r\n"
            )
        );

        var response = connection.Read();

        response.Status.Should().Be(400);
        response.Body.Should().Contain("\"code\":\"unreadable\"");
        connection.IsClosed().Should().BeTrue("what follows cannot be told from the next request");
        (await CountAsync(service, "400")).Should().BePositive();
        (await CountAsync(service, "500")).Should().Be(0);
    }

    [Fact]
    public async Task A_caller_that_leaves_in_the_middle_of_its_body_is_counted()
    {
        var service = running.All[0];
        var before = await CountAsync(service, "499") + await CountAsync(service, "400");
        await SendAsync(
            service,
            "POST /segment/v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer seg-key-1\r\n"
                + "Content-Length: 10\r\n\r\n{",
            Ending.Resets
        );

        await Wait.UntilAsync(async () => await CountAsync(service, "499") + await CountAsync(service, "400") > before);
        running.Problems().Should().BeEmpty();
    }

    private static async Task<double> CountAsync(BrokenBodyServices.Running service, string status) =>
        (await service.Service.Http.GetStringAsync("/metrics"))
            .Split('\n')
            .Where(line =>
                line.StartsWith("offlineconversions_request_duration_seconds_count", StringComparison.Ordinal)
                && line.Contains($"status=\"{status}\"", StringComparison.Ordinal)
            )
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));

    /// <summary>Returns the status of the first response; 0 without one.</summary>
    private static async Task<int> SendAsync(BrokenBodyServices.Running service, string request, Ending ending)
    {
        using var client = new TcpClient();
        var address = service.Service.Http.BaseAddress!;
        await client.ConnectAsync(address.Host, address.Port);
        try
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
            if (ending == Ending.Resets)
            {
                await Task.Delay(20); // the service has begun to read
                client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
                return 0;
            }

            if (ending == Ending.EndsItsSide)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }

            var buffer = new byte[4096];
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            var read = await client.Client.ReceiveAsync(buffer, patience.Token);
            var words = Encoding.Latin1.GetString(buffer, 0, read).Split(' ');
            return words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        }
        catch (Exception closed) when (closed is IOException or SocketException or OperationCanceledException)
        {
            return 0;
        }
    }
}

/// <summary>Two services with everything that is logged at information and above.</summary>
public sealed class BrokenBodyServices : IAsyncLifetime
{
    private const string OperatorKey = "operator-key-0123456789";

    private readonly CapturedLog _log = new();

    internal IReadOnlyList<Running> All { get; private set; } = [];

    public async Task InitializeAsync() =>
        All = [
            new Running(await StartAsync("Production"), "Bearer unknown"),
            new Running(await StartAsync("Development"), $"Bearer {OperatorKey}"),
        ];

    public async Task DisposeAsync()
    {
        foreach (var running in All)
        {
            await running.Service.DisposeAsync();
        }
    }

    /// <summary>What was logged as an error or with a stack trace.</summary>
    internal IEnumerable<LogLine> Problems() =>
        _log.Lines.Where(line =>
            line.Level >= LogLevel.Error || line.Text.Contains("   at ", StringComparison.Ordinal)
        );

    private async Task<ServiceUnderTest> StartAsync(string environment)
    {
        var service = await ServiceUnderTest.StartAsync(
            "\"Ingestion\": { \"HeaderTimeout\": \"00:00:00.5\", \"BodyTimeout\": \"00:00:00.2\" }, "
                + $"\"Sandbox\": {{ \"Enabled\": true }}, \"Admin\": {{ \"ApiKey\": \"{OperatorKey}\" }}, "
                + ServiceUnderTest.FourSources,
            environment,
            logLevel: "Information"
        );
        service.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
        return service;
    }

    /// <summary>A service and the header with which the requests come.</summary>
    internal sealed record Running(ServiceUnderTest Service, string Key);
}

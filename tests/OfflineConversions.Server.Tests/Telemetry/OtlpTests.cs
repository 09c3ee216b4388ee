using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Outbox;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>Against a receiver of OTLP on a real port, with the service in a process of its own.</summary>
public sealed class OtlpTests : IDisposable
{
    private const string Caller = "0af7651916cd43dd8448eb211c80319c";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_trace_leads_from_the_post_to_Metas_response_across_a_crash()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var graph = await SandboxGraph.StartAsync();
        await using (var before = await StartAsync(Settings.GraphNowhere(), receiver))
        {
            await PostAsync(before, "order-1");
            await Wait.UntilAsync(() =>
                receiver.Spans.Any(span => span.Name == "store")
                && receiver.Spans.Any(span => span.Name == "POST /v1/batch")
            );
            await before.KillAsync();
        }

        await using var after = await StartAsync(Settings.GraphAt(graph.Address), receiver);
        await Wait.UntilAsync(() =>
            receiver.Spans.Any(span => span.Attributes.GetValueOrDefault("offlineconversions.events.delivered") == "1")
        );

        var spans = receiver.Spans.Where(span => span.TraceId == Caller).ToList();
        var post = spans.Should().ContainSingle(span => span.Name == "POST /v1/batch").Subject;
        var store = spans.Should().ContainSingle(span => span.Name == "store").Subject;
        var request = spans.Where(IsAccepted).Should().ContainSingle().Subject;
        var delivery = spans.Should().ContainSingle(span => span.SpanId == request.ParentId).Subject;
        store.ParentId.Should().Be(post.SpanId);
        delivery.Name.Should().Be("deliver");
        delivery.ParentId.Should().Be(store.SpanId);
        delivery.Attributes["offlineconversions.events.delivered"].Should().Be("1");
        request.Attributes["offlineconversions.connection"].Should().Be("segment");
        post.Attributes["http.route"].Should().Be("/v1/batch");

        static bool IsAccepted(ReceivedSpan span) =>
            span.Name == "POST events" && span.Attributes.GetValueOrDefault("http.response.status_code") == "200";
    }

    [Fact]
    public async Task Metrics_traces_and_logs_arrive_under_the_given_name_and_hold_nothing_that_a_caller_sent()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(Settings.OwnSandbox, receiver);
        await PostAsync(service, "order-1");
        using var refused = await service.Http.PostAsync(
            "/commandersact/events?token=kanari-token",
            new StringContent("""{"email":"kanari@example.com"}""")
        );
        using var lost = await service.Http.PostAsync("/v2/kanari-path/events", new StringContent("{}"));

        await Wait.UntilAsync(() =>
            receiver.Spans.Any(span => span.Name == "deliver")
            && receiver.Spans.Any(span => span.Attributes.GetValueOrDefault("http.response.status_code") == "404")
            && receiver.Lines.Any(line =>
                line.StartsWith("Delivered 1 events of connection segment", StringComparison.Ordinal)
            )
            && receiver.Metrics.Contains("offlineconversions.events")
            && receiver.Metrics.Contains("offlineconversions.backlog.events")
        );

        foreach (var signal in (string[])["metrics", "traces", "logs"])
        {
            receiver.Resource(signal)["service.name"].Should().Be("shop-conversions");
            receiver.Resource(signal)["deployment.environment.name"].Should().Be("test");
        }

        receiver
            .Everything.Should()
            .NotContain("kanari")
            .And.NotContain("WK_TEST_123")
            .And.NotContain("t0ken")
            .And.NotContain("order-1")
            .And.NotContain("token=");
    }

    [Fact]
    public async Task The_standard_switch_stops_everything_that_is_sent_but_not_the_metrics_page()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(Settings.OwnSandbox, receiver, ("OTEL_SDK_DISABLED", "true"));
        await PostAsync(service, "order-1");

        await service.UntilAsync(async () =>
            (await MetricsPage.ReadAsync(service.Http)).Sum("offlineconversions_delivery_events_delivered_total") == 1
        );
        service.Terminate(); // a stop exports what is left
        await service.ExitAsync();

        receiver.Everything.Should().BeEmpty();
    }

    [Fact]
    public async Task An_endpoint_that_is_no_address_ends_the_start_with_a_message()
    {
        var start = async () =>
            await ServiceProcess.StartAsync(
                _folder,
                Settings.OwnSandbox,
                variables: new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317" }
            );

        await start
            .Should()
            .ThrowAsync<InvalidOperationException>()
            .WithMessage("*OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https address.*");
    }

    [Fact]
    public async Task Without_an_endpoint_no_span_is_started_and_no_line_is_kept_for_sending()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        service.Services.GetService<TracerProvider>().Should().BeNull();
        service.Services.GetService<LoggerProvider>().Should().BeNull();
    }

    private Task<ServiceProcess> StartAsync(
        string settings,
        OtlpReceiver receiver,
        params (string Name, string Value)[] more
    )
    {
        var variables = receiver.Variables;
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return ServiceProcess.StartAsync(_folder, settings, variables: variables);
    }

    /// <summary>A sale of a caller that traces too.</summary>
    private static async Task PostAsync(ServiceProcess service, string id)
    {
        using var request = SegmentOrders.Message(id);
        request.Headers.Add("traceparent", $"00-{Caller}-b7ad6b7169203331-01");
        request.Headers.Add("tracestate", "vendor=kanari");
        using var response = await service.Http.SendAsync(request);
        response.IsSuccessStatusCode.Should().BeTrue();
    }
}

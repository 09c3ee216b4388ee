using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>A receiver of OTLP over HTTP on a real port. Numbers of fields: opentelemetry-proto, version 1.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>The variables that make the service send everything here, soon.</summary>
    public Dictionary<string, string> Variables =>
        new(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "shop-conversions",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "50",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        };

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans =>
        [
            .. from request in Requests("traces")
            from resource in request.Messages(1)
            from scope in resource.Messages(2)
            from span in scope.Messages(2)
            select new ReceivedSpan(
                span.Text(5),
                span.Hex(1),
                span.Hex(2),
                span.Hex(4),
                Attributes(span, 9),
                [.. span.Messages(13).Select(link => link.Hex(1))]
            ),
        ];

    /// <summary>The texts of all log lines so far.</summary>
    public IReadOnlyList<string> Lines =>
        [
            .. from request in Requests("logs")
            from resource in request.Messages(1)
            from scope in resource.Messages(2)
            from record in scope.Messages(2)
            select record.Messages(5).Single().Text(1),
        ];

    /// <summary>The names of all metrics so far.</summary>
    public IReadOnlyCollection<string> Metrics =>
        [
            .. (
                from request in Requests("metrics")
                from resource in request.Messages(1)
                from scope in resource.Messages(2)
                from metric in scope.Messages(2)
                select metric.Text(1)
            ).Distinct(),
        ];

    /// <summary>What the last request of a signal says of the process that sent it.</summary>
    public IReadOnlyDictionary<string, string> Resource(string signal) =>
        Attributes(Requests(signal).Last().Messages(1).First().Messages(1).Single(), 1);

    /// <summary>Every byte of every request, as text.</summary>
    public string Everything => string.Concat(_received.Select(one => Encoding.Latin1.GetString(one.Body)));

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/{signal}", receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(string signal, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        _received.Enqueue((signal, body.ToArray()));
        return Results.Bytes([], "application/x-protobuf");
    }

    private IEnumerable<WireMessage> Requests(string signal) =>
        _received.Where(one => one.Signal == signal).Select(one => WireMessage.Parse(one.Body));

    private static Dictionary<string, string> Attributes(WireMessage message, int number) =>
        message
            .Messages(number)
            .ToDictionary(
                pair => pair.Text(1),
                pair =>
                    pair.Messages(2).Single() is var value && value.Text(1) is { Length: > 0 } text
                        ? text
                        : value.Number(3).ToString(CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
}

/// <summary>One span as it was exported.</summary>
internal sealed record ReceivedSpan(
    string Name,
    string TraceId,
    string SpanId,
    string ParentId,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> LinkedTraces
);

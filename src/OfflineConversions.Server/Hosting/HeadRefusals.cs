using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// Says what to mend where the head of a request is refused. Kestrel refuses it before any middleware sees it, and with
/// the status alone; but it tells its diagnostic listeners first, and until something is written the answer is
/// anybody's to give. The connection ends behind it either way.
/// </summary>
internal sealed class HeadRefusals(KestrelServerLimits limits) : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Listens from now on.</summary>
    public static void Listen(WebApplication app)
    {
        var kestrel = app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        app.Services.GetRequiredService<DiagnosticListener>()
            .Subscribe(new HeadRefusals(kestrel.Limits), name => name == BadRequest);
    }

    public void OnNext(KeyValuePair<string, object?> told)
    {
        // Behind the head the request is an endpoint's to answer. HTTP/2 has frames for its refusals.
        if (
            told is { Key: BadRequest, Value: IFeatureCollection request }
            && request.Get<IEndpointFeature>()?.Endpoint is null
            && request.Get<IHttpResponseFeature>() is { HasStarted: false } answer
            && request.Get<IHttpRequestFeature>() is { Protocol: "" or "HTTP/1.0" or "HTTP/1.1" } head
            && request.Get<IHttpResponseBodyFeature>() is { } start
            && request.Get<IConnectionTransportFeature>() is { Transport.Output: var wire }
        )
        {
            Answer(answer, start, wire, bodiless: HttpMethods.IsHead(head.Method));
        }
    }

    public void OnError(Exception error) { }

    public void OnCompleted() { }

    private void Answer(IHttpResponseFeature answer, IHttpResponseBodyFeature start, PipeWriter wire, bool bodiless)
    {
        var (status, headers) = (answer.StatusCode, answer.Headers);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ProblemDetails
            {
                Title = ReasonPhrases.GetReasonPhrase(status),
                Status = status,
                Detail = Detail(status),
            }
        );
        SecurityHeaders.Set(headers, default);
        headers.Connection = "close";
        headers.ContentType = "application/problem+json";
        headers.ContentLength = body.Length;

        // Without a request there is no body to write to: Kestrel writes the head, and the body follows it on the wire.
        // Nobody waits for who does not read.
        if (start.StartAsync().IsCompletedSuccessfully)
        {
            wire.Write(bodiless ? [] : body);
            _ = wire.FlushAsync().AsTask();
        }
    }

    // What was sent is not quoted: it may be anything.
    private string Detail(int status) =>
        status switch
        {
            StatusCodes.Status405MethodNotAllowed =>
                "The path begins with a slash, as in POST /segment/v1/track HTTP/1.1.",
            StatusCodes.Status408RequestTimeout =>
                $"The head took longer than {limits.RequestHeadersTimeout.TotalSeconds:0.###} seconds. Send it at once.",
            StatusCodes.Status414UriTooLong =>
                $"The request line is longer than {limits.MaxRequestLineSize} bytes. Send data in the body.",
            StatusCodes.Status431RequestHeaderFieldsTooLarge =>
                $"The head is larger than {limits.MaxRequestHeadersTotalSize} bytes or has more than {limits.MaxRequestHeaderCount} headers. Send data in the body.",
            StatusCodes.Status505HttpVersionNotsupported => "Send HTTP/1.1.",
            _ =>
                "This is no HTTP/1.1 request. Such a one begins with a line like POST /segment/v1/track HTTP/1.1, followed by one Host header, further headers and an empty line. "
                    + "A body has either a Content-Length or Transfer-Encoding: chunked. TLS is not spoken here unless it was set up.",
        };
}

using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OfflineConversions.Meta;

/// <summary>
/// The JSON body of one request. The payloads are written without copying; only the members around them are built. The
/// access token is in the body, never in the URL, which proxies and logs record.
/// </summary>
internal sealed class BatchContent : HttpContent
{
    private static readonly byte[] Comma = ","u8.ToArray();
    private static readonly byte[] Head = """{"data":["""u8.ToArray();

    private readonly ArraySegment<ReadOnlyMemory<byte>> _events;
    private readonly ReadOnlyMemory<byte> _tail;
    private readonly long _length;

    public BatchContent(GraphRequest request)
    {
        _events = request.Events;
        _tail = Tail(request);
        _length =
            Head.Length + _events.Sum(payload => (long)payload.Length) + Math.Max(0, _events.Count - 1) + _tail.Length;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        await stream.WriteAsync(Head, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < _events.Count; i++)
        {
            if (i > 0)
            {
                await stream.WriteAsync(Comma, cancellationToken).ConfigureAwait(false);
            }

            await stream.WriteAsync(_events[i], cancellationToken).ConfigureAwait(false);
        }

        await stream.WriteAsync(_tail, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    /// <summary>
    /// Everything after the events. Written as a JSON object, whose opening brace is then replaced by a comma.
    /// </summary>
    private static ReadOnlyMemory<byte> Tail(GraphRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Write("]"u8);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (request.UploadTag is { } tag)
        {
            json.WriteString("upload_tag", tag);
        }

        if (request.Credentials.TestEventCode is { Length: > 0 } code)
        {
            json.WriteString("test_event_code", code);
        }

        if (request.Credentials.PartnerAgent is { Length: > 0 } agent)
        {
            json.WriteString("partner_agent", agent);
        }

        json.WriteString("access_token", request.Credentials.AccessToken);
        if (request.Credentials.AppSecretProof is { } proof)
        {
            json.WriteString("appsecret_proof", proof);
        }

        json.WriteEndObject();
        json.Flush();
        var tail = buffer.WrittenSpan.ToArray();
        tail[1] = (byte)',';
        return tail;
    }
}

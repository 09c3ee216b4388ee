using System.Net;
using System.Net.Http.Headers;

namespace OfflineConversions.Cli.Service;

/// <summary>A file as the body of a request. It is read while it is sent, and counts what was sent.</summary>
internal sealed class SentFile : HttpContent
{
    private const int BlockBytes = 128 * 1024;

    private readonly Stream _file;
    private readonly long? _length;
    private long _sent;

    /// <param name="file">The file. Not closed.</param>
    /// <param name="length">Its length; null if that is unknown.</param>
    /// <param name="type">Its media type.</param>
    public SentFile(Stream file, long? length, string type)
    {
        (_file, _length) = (file, length);
        Headers.ContentType = new MediaTypeHeaderValue(type);
    }

    /// <summary>The bytes that were sent so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        var block = new byte[BlockBytes];
        while (await _file.ReadAsync(block, cancellationToken) is > 0 and var read)
        {
            await stream.WriteAsync(block.AsMemory(0, read), cancellationToken);
            Interlocked.Add(ref _sent, read);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }
}

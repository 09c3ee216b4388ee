using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Reads and decodes a body under one cap: no more than <see cref="IngestionOptions.MaxBodyBytes"/> are ever read from the wire
/// or unpacked, whatever the headers say.
/// </summary>
public sealed class BodyReader(ServiceOptions options, TimeProvider time)
{
    private const int FirstBytes = 16 * 1024;
    private const int MostAtFirst = 64 * 1024;

    /// <summary>How long a body may take to arrive. Kestrel drops the very slow; this ends the merely patient.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The decoded body, or the refusal.</summary>
    public async Task<BodyReading> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var encodings = BodyDecoder.Encodings(request.Headers.ContentEncoding);
        if (encodings is null)
        {
            return new BodyReading(Refusal.UnsupportedEncoding);
        }

        var cap = options.Ingestion.MaxBodyBytes;
        if (request.ContentLength > cap)
        {
            return new BodyReading(Refusal.TooLarge(cap));
        }

        // No more than a header promises, and no more than a little before the promise is kept: promises cost nothing.
        var wire = new PooledBytes((int)Math.Min(request.ContentLength ?? FirstBytes, MostAtFirst) + 1, cap);
        try
        {
            var refusal = await FillAsync(wire, request.Body, cap, cancellationToken).ConfigureAwait(false);
            if (refusal is null && encodings.Count > 0)
            {
                (wire, refusal) = BodyDecoder.Decode(wire, encodings, cap);
            }

            if (refusal is null)
            {
                return new BodyReading(wire);
            }

            wire.Dispose();
            return new BodyReading(refusal.Value);
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    private async Task<Refusal?> FillAsync(PooledBytes wire, Stream body, int cap, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            int read;
            while (!wire.Overflown && (read = await body.ReadAsync(wire.Free(), either.Token).ConfigureAwait(false)) > 0)
            {
                wire.Advance(read);
            }

            return wire.Overflown ? Refusal.TooLarge(cap) : null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Refusal.TooSlow;
        }
        catch (BadHttpRequestException bad)
        {
            return bad.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => Refusal.TooSlow,
                StatusCodes.Status413PayloadTooLarge => Refusal.TooLarge(cap),
                _ => Refusal.Broken,
            };
        }
    }
}

/// <summary>The outcome of reading a body: its bytes, or why there are none. Dispose it to give the bytes back.</summary>
public sealed class BodyReading : IDisposable
{
    private readonly PooledBytes? _bytes;

    public BodyReading(PooledBytes bytes) => _bytes = bytes;

    public BodyReading(Refusal refusal) => Refusal = refusal;

    /// <summary>Why it could not be read, or <see langword="null"/>.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The decoded body.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes?.Written ?? default;

    /// <summary>The decoded body without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Json => Bytes.Span.StartsWith("\uFEFF"u8) ? Bytes["\uFEFF"u8.Length..] : Bytes;

    public void Dispose() => _bytes?.Dispose();
}

using System.Collections.Concurrent;
using System.IO.Pipelines;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// Reads and decodes a body within its limits: no more than <see cref="IngestionOptions.MaxBodyBytes"/> are ever read
/// from the wire or unpacked, whatever the headers say, and all bodies in flight share <see
/// cref="IngestionOptions.MaxInFlightBodyBytes"/>.
/// </summary>
internal sealed class BodyReader(ServiceOptions options, LargeBodies large, TimeProvider time)
{
    /// <summary>The operator as a caller; no connection has this name.</summary>
    public const string Operator = "";

    // Who has not shown a key yet (Segment's may stand in the body) draws on a quarter of his own, so strangers starve
    // nobody else; and no connection takes more than three quarters of the rest.
    private readonly BodyBudget _strangers = new(options.Ingestion.MaxInFlightBodyBytes / 4);
    private readonly BodyBudget _callers = new(
        options.Ingestion.MaxInFlightBodyBytes - (options.Ingestion.MaxInFlightBodyBytes / 4)
    );

    private readonly ConcurrentDictionary<string, BodyBudget> _shares = new(StringComparer.Ordinal);

    /// <summary>What the bodies in flight hold now.</summary>
    public long InFlightBytes => _strangers.Taken + _callers.Taken;

    /// <summary>The decoded body, or the refusal.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">
    /// The connection whose key was shown, or <see cref="Operator"/>; <see langword="null"/> for a stranger.
    /// </param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<BodyReading> ReadAsync(HttpRequest request, string? caller, CancellationToken cancellationToken)
    {
        var encodings = BodyDecoder.Encodings(request.Headers.ContentEncoding);
        if (encodings is null)
        {
            return new BodyReading(Refusal.UnsupportedEncoding);
        }

        var limits = options.Ingestion;
        if (request.ContentLength > limits.MaxBodyBytes)
        {
            return new BodyReading(Refusal.TooLarge(limits.MaxBodyBytes));
        }

        var budget = caller is null
            ? _strangers
            : _shares.GetOrAdd(caller, _ => new BodyBudget(_callers.Most / 4 * 3, _callers));
        var wire = new PooledBytes(limits.MaxBodyBytes, budget);
        try
        {
            if (await FillAsync(wire, request.BodyReader, cancellationToken) is { } refusal)
            {
                wire.Dispose();
                return new BodyReading(refusal);
            }

            return encodings.Count == 0
                ? new BodyReading(wire)
                : await DecodeAsync(wire, encodings, caller, budget, cancellationToken);
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    private async Task<BodyReading> DecodeAsync(
        PooledBytes wire,
        IReadOnlyList<string> encodings,
        string? caller,
        BodyBudget budget,
        CancellationToken cancellationToken
    )
    {
        var (most, otherwise) = BodyDecoder.Most(wire.Written.Length, options.Ingestion);
        var (bytes, decodable) = await DecodeAsync(wire, encodings, most, caller, budget, cancellationToken);
        wire.Dispose();
        Refusal? refusal =
            !decodable ? Refusal.Undecodable
            : bytes.Overflown ? otherwise
            : bytes.Starved ? Refusal.Busy
            : null;
        if (refusal is null)
        {
            return new BodyReading(bytes);
        }

        bytes.Dispose();
        return new BodyReading(refusal.Value);
    }

    // Most bodies are small and stay so. One that does not begins anew where large bodies are parsed: a bomb keeps no
    // thread of the others.
    private async ValueTask<(PooledBytes Bytes, bool Decodable)> DecodeAsync(
        PooledBytes wire,
        IReadOnlyList<string> encodings,
        int most,
        string? caller,
        BodyBudget budget,
        CancellationToken cancellationToken
    )
    {
        if (wire.Written.Length < LargeBodies.Bytes)
        {
            var cap = Math.Min(most, LargeBodies.Bytes);
            var (bytes, decodable) = BodyDecoder.Decode(wire, encodings, cap, budget);
            if (!bytes.Overflown || cap == most)
            {
                return (bytes, decodable);
            }

            bytes.Dispose();
        }

        return await large.RunAsync(
            caller,
            slice => BodyDecoder.Decode(wire, encodings, most, budget, slice),
            cancellationToken
        );
    }

    // Nothing is rented before something has arrived: thousands who promise a body and send none cost nothing.
    private async Task<Refusal?> FillAsync(PooledBytes wire, PipeReader body, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Ingestion.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var ended = false;
            while (!ended && !wire.IsClosed)
            {
                var arrived = await body.ReadAsync(either.Token);
                wire.Write(arrived.Buffer);
                body.AdvanceTo(arrived.Buffer.End);
                ended = arrived.IsCompleted;
            }

            return wire.Overflown ? Refusal.TooLarge(options.Ingestion.MaxBodyBytes)
                : wire.Starved ? Refusal.Busy
                : null;
        }
        catch (OperationCanceledException)
            when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Refusal.TooSlow;
        }
        catch (BadHttpRequestException bad)
        {
            return bad.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => Refusal.TooSlow,
                StatusCodes.Status413PayloadTooLarge => Refusal.TooLarge(options.Ingestion.MaxBodyBytes),
                _ => Refusal.Broken,
            };
        }
    }
}

/// <summary>
/// The outcome of reading a body: its bytes, or why there are none. Dispose it to give the bytes back.
/// </summary>
internal sealed class BodyReading : IDisposable
{
    private readonly PooledBytes? _bytes;

    public BodyReading(PooledBytes bytes) => _bytes = bytes;

    public BodyReading(Refusal refusal) => Refusal = refusal;

    /// <summary>Why it could not be read, or <see langword="null"/>.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The decoded body.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes?.Written ?? default;

    /// <summary>Whether it is parsed and mapped where large bodies are.</summary>
    public bool IsLarge => Bytes.Length >= LargeBodies.Bytes;

    /// <summary>
    /// Whether it is UTF-16 or UTF-32, which JSON may not be (RFC 8259): one of its first two bytes is zero, or they
    /// are their byte order mark.
    /// </summary>
    public bool IsWide => Bytes.Span is [0, ..] or [_, 0, ..] or [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];

    /// <summary>The decoded body without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Json => Bytes.Span.StartsWith("\uFEFF"u8) ? Bytes["\uFEFF"u8.Length..] : Bytes;

    public void Dispose() => _bytes?.Dispose();
}

using System.Collections.Concurrent;
using System.IO.Pipelines;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// Reads and decodes a body within its limits. Whatever the headers say, it neither reads nor decodes more than <see
/// cref="IngestionOptions.MaxBodyBytes"/>, and all bodies in flight share <see
/// cref="IngestionOptions.MaxInFlightBodyBytes"/>.
/// </summary>
internal sealed class BodyReader(ServiceOptions options, LargeBodies large, TimeProvider time)
{
    /// <summary>The operator as a caller. No connection has this name.</summary>
    public const string Operator = "";

    // Callers without a known key (Segment's key may be in the body) have a quarter of the bytes for themselves, so
    // that they cannot use up the rest. One connection may use at most three quarters of that rest.
    private readonly BodyBudget _unauthenticated = new(options.Ingestion.MaxInFlightBodyBytes / 4);
    private readonly BodyBudget _authenticated = new(
        options.Ingestion.MaxInFlightBodyBytes - (options.Ingestion.MaxInFlightBodyBytes / 4)
    );

    private readonly ConcurrentDictionary<string, BodyBudget> _shares = new(StringComparer.Ordinal);

    /// <summary>The bytes that bodies in flight hold now.</summary>
    public long InFlightBytes => _unauthenticated.UsedBytes + _authenticated.UsedBytes;

    /// <summary>
    /// Reads the body and does the work with it: short work here, long work on the threads of
    /// <see cref="LargeBodies"/>. Afterwards the body is returned to the budget.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">As for <see cref="ReadAsync"/>.</param>
    /// <param name="work">
    /// The work. It receives the body, or the refusal if the body could not be read. Without a time slice it must be
    /// short: it returns <see langword="null"/> where it turns out to be long, and then runs again from the start, with
    /// a time slice to yield after.
    /// </param>
    /// <param name="cancellationToken">Cancels the reading, and work that has not started.</param>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public async Task<T> UseAsync<T>(
        HttpRequest request,
        string? caller,
        Func<BodyReading, TimeSlice?, T?> work,
        CancellationToken cancellationToken
    )
        where T : class
    {
        using var body = await ReadAsync(request, caller, cancellationToken);
        return (body.IsLarge ? null : work(body, null))
            ?? await large.RunAsync(caller, slice => work(body, slice)!, cancellationToken);
    }

    /// <summary>Returns the decoded body or the refusal.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">
    /// The connection whose key was presented, or <see cref="Operator"/>; <see langword="null"/> before a key is known.
    /// </param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
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

        var budget = BudgetOf(caller);
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

    private BodyBudget BudgetOf(string? caller) =>
        caller is null
            ? _unauthenticated
            : _shares.GetOrAdd(caller, _ => new BodyBudget(_authenticated.LimitBytes / 4 * 3, _authenticated));

    private async Task<BodyReading> DecodeAsync(
        PooledBytes wire,
        IReadOnlyList<string> encodings,
        string? caller,
        BodyBudget budget,
        CancellationToken cancellationToken
    )
    {
        var limit = BodyDecoder.Limit(wire.Written.Length, options.Ingestion);
        var (bytes, decodable) = await DecodeAsync(
            wire,
            encodings,
            limit.LimitBytes,
            caller,
            budget,
            cancellationToken
        );
        wire.Dispose();
        Refusal? refusal =
            !decodable ? Refusal.Undecodable
            : bytes.ExceedsLimit ? limit.Refusal
            : bytes.ExceedsBudget ? Refusal.Busy
            : null;
        if (refusal is null)
        {
            return new BodyReading(bytes);
        }

        bytes.Dispose();
        return new BodyReading(refusal.Value);
    }

    // Most bodies are small before and after decoding. One that turns out to be large is decoded again from the start
    // by LargeBodies, so that a compression bomb never occupies a thread of the pool.
    private async ValueTask<DecodedBytes> DecodeAsync(
        PooledBytes wire,
        IReadOnlyList<string> encodings,
        int limitBytes,
        string? caller,
        BodyBudget budget,
        CancellationToken cancellationToken
    )
    {
        if (wire.Written.Length < LargeBodies.Bytes)
        {
            var smallBytes = Math.Min(limitBytes, LargeBodies.Bytes);
            var decoded = BodyDecoder.Decode(wire, encodings, smallBytes, budget);
            if (!decoded.Bytes.ExceedsLimit || smallBytes == limitBytes)
            {
                return decoded;
            }

            decoded.Bytes.Dispose();
        }

        return await large.RunAsync(
            caller,
            slice => BodyDecoder.Decode(wire, encodings, limitBytes, budget, slice),
            cancellationToken
        );
    }

    // Nothing is rented before bytes arrive: thousands of callers that announce a body and send none cost nothing.
    private async Task<Refusal?> FillAsync(PooledBytes wire, PipeReader body, CancellationToken cancellationToken)
    {
        try
        {
            // A small body has usually arrived with its headers. Then there is nothing to wait for.
            var ended = body.TryRead(out var arrived) && Take(wire, body, arrived);
            if (!ended && !await WaitAsync(wire, body, cancellationToken))
            {
                return Refusal.TooSlow;
            }

            return wire.ExceedsLimit ? Refusal.TooLarge(options.Ingestion.MaxBodyBytes)
                : wire.ExceedsBudget ? Refusal.Busy
                : null;
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

    /// <summary>Reads what has not arrived yet. False if that takes too long.</summary>
    private async Task<bool> WaitAsync(PooledBytes wire, PipeReader body, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Ingestion.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        // A read that is cancelled by a token never ends for Kestrel, which then logs an error when it drains the body.
        await using var cancelling = either.Token.Register(body.CancelPendingRead);
        var ended = false;
        while (!ended && !wire.IsFull)
        {
            ended = Take(wire, body, await body.ReadAsync(CancellationToken.None));
            if (!ended && either.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return false;
            }
        }

        return true;
    }

    /// <summary>Keeps what has arrived, and returns whether that is the end.</summary>
    private static bool Take(PooledBytes wire, PipeReader body, ReadResult arrived)
    {
        wire.Write(arrived.Buffer);
        body.AdvanceTo(arrived.Buffer.End);
        return arrived.IsCompleted;
    }
}

using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Server.Ingestion;

/// <summary>Why a whole request is refused.</summary>
internal enum RefusalKind
{
    MalformedJson,

    /// <summary>It did not come to JSON: a broken encoding, an early end, another character set.</summary>
    Unreadable,

    WrongShape,
    MissingKey,
    WrongKey,
    WrongSignature,
    TooLarge,
    UnsupportedEncoding,
    TooSlow,
    RateLimited,
    Unavailable,
}

/// <summary>A request refused as a whole. The message never holds anything of the body.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">For the developer at the other end.</param>
/// <param name="RetryAfter">When to come back, where that helps.</param>
internal readonly record struct Refusal(RefusalKind Kind, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>HTTP's own status for the kind. A vendor's may differ.</summary>
    public int HttpStatus =>
        Kind switch
        {
            RefusalKind.MissingKey or RefusalKind.WrongKey or RefusalKind.WrongSignature =>
                StatusCodes.Status401Unauthorized,
            RefusalKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
            RefusalKind.UnsupportedEncoding => StatusCodes.Status415UnsupportedMediaType,
            RefusalKind.TooSlow => StatusCodes.Status408RequestTimeout,
            RefusalKind.RateLimited => StatusCodes.Status429TooManyRequests,
            RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status400BadRequest,
        };

    public static readonly Refusal MissingKey = new(RefusalKind.MissingKey, "No write key was presented.");
    public static readonly Refusal WrongKey = new(
        RefusalKind.WrongKey,
        "The write key is not known here, or the header that must come with it does not match."
    );
    public static readonly Refusal WrongSignature = new(
        RefusalKind.WrongSignature,
        "X-Signature does not match the body."
    );
    public static readonly Refusal UnsupportedEncoding = new(
        RefusalKind.UnsupportedEncoding,
        "Content-Encoding must be gzip, deflate or br."
    );
    public static readonly Refusal Undecodable = new(
        RefusalKind.Unreadable,
        "The body is not what its Content-Encoding says."
    );
    public static readonly Refusal Broken = new(RefusalKind.Unreadable, "The body ended early.");
    public static readonly Refusal Wide = new(RefusalKind.Unreadable, "The body is not UTF-8, which JSON must be.");
    public static readonly Refusal TooSlow = new(RefusalKind.TooSlow, "The body took too long to arrive.");

    public static readonly Refusal Busy = new(
        RefusalKind.Unavailable,
        "The service has too much to do. Send it again later.",
        TimeSpan.FromSeconds(1)
    );

    /// <summary>The body is larger than the cap.</summary>
    public static Refusal TooLarge(int cap) =>
        new(RefusalKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The body is larger than {cap} bytes."));

    /// <summary>The body unpacks to more than its size allows.</summary>
    public static Refusal TooDense(int ratio) =>
        new(
            RefusalKind.TooLarge,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body unpacks to more than {ratio} times its size. Send it in smaller batches, or uncompressed."
            )
        );

    /// <summary>The body holds more events than the cap.</summary>
    public static Refusal TooManyEvents(int cap) =>
        new(
            RefusalKind.TooLarge,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body holds more than {cap} events. Send them in smaller batches."
            )
        );

    /// <summary>The body holds more names, values and brackets than the cap.</summary>
    public static Refusal TooManyTokens(int cap) =>
        new(
            RefusalKind.TooLarge,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body holds more than {cap} names, values and brackets. Send it in smaller batches."
            )
        );

    /// <summary>The body shares too much among too many events.</summary>
    public static Refusal TooMuchShared(long cap) =>
        new(
            RefusalKind.TooLarge,
            string.Create(
                CultureInfo.InvariantCulture,
                $"With what they share written into each of them, the events are larger than {cap} bytes. "
                    + $"Send them in smaller batches."
            )
        );

    /// <summary>The body is not JSON. The parser's own message may quote the body, so only the place is told.</summary>
    public static Refusal MalformedJson(JsonException malformed) =>
        new(
            RefusalKind.MalformedJson,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body is not valid JSON (line {malformed.LineNumber + 1}, byte "
                    + $"{malformed.BytePositionInLine + 1})."
            )
        );

    /// <summary>The body is JSON but holds no events.</summary>
    public static Refusal WrongShape(string message) => new(RefusalKind.WrongShape, message);

    /// <summary>The key has used up its requests.</summary>
    public static Refusal RateLimited(TimeSpan retryAfter) =>
        new(RefusalKind.RateLimited, "Too many requests for this write key.", retryAfter);

    /// <summary>The queue cannot take events now.</summary>
    public static Refusal Unavailable(TimeSpan retryAfter) =>
        new(RefusalKind.Unavailable, "The events could not be stored. Send them again later.", retryAfter);
}

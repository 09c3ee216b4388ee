using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Server.Ingestion;

/// <summary>Why a whole request is refused.</summary>
internal enum RefusalKind
{
    MalformedJson,

    /// <summary>The bytes could not be read as JSON at all: wrong encoding, early end, other character set.</summary>
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

/// <summary>The refusal of a whole request.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">A message for the developer of the client. It never contains any of the body.</param>
/// <param name="RetryAfter">How long to wait before the next attempt, where one helps.</param>
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

    /// <summary>A code for programs.</summary>
    public string Code =>
        Kind switch
        {
            RefusalKind.MissingKey or RefusalKind.WrongKey or RefusalKind.WrongSignature => "unauthorized",
            RefusalKind.MalformedJson => "malformed_json",
            RefusalKind.Unreadable => "unreadable",
            RefusalKind.WrongShape => "wrong_shape",
            RefusalKind.TooLarge => "too_large",
            RefusalKind.UnsupportedEncoding => "unsupported_encoding",
            RefusalKind.TooSlow => "too_slow",
            RefusalKind.RateLimited => "rate_limited",
            RefusalKind.Unavailable => "unavailable",
            _ => "refused",
        };

    public static readonly Refusal MissingKey = new(RefusalKind.MissingKey, "No write key was presented.");
    public static readonly Refusal WrongKey = new(
        RefusalKind.WrongKey,
        "The write key is unknown, or the header that the connection requires does not match."
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
        "The service is overloaded. Send the request again later.",
        TimeSpan.FromSeconds(1)
    );

    /// <summary>The body is larger than the limit.</summary>
    public static Refusal TooLarge(int cap) =>
        new(RefusalKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The body is larger than {cap} bytes."));

    /// <summary>The body decompresses to more than its size allows.</summary>
    public static Refusal TooDense(int ratio) =>
        new(
            RefusalKind.TooLarge,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body decompresses to more than {ratio} times its size. "
                    + $"Send it in smaller batches, or uncompressed."
            )
        );

    /// <summary>The body contains more events than the limit.</summary>
    public static Refusal TooManyEvents(int cap) =>
        new(
            RefusalKind.TooLarge,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body contains more than {cap} events. Send them in smaller batches."
            )
        );

    /// <summary>The body contains more names, values and brackets than the limit.</summary>
    public static Refusal TooManyTokens(int cap) =>
        new(
            RefusalKind.TooLarge,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body contains more than {cap} names, values and brackets. Send it in smaller batches."
            )
        );

    /// <summary>The events of the body share too much.</summary>
    public static Refusal TooMuchShared(long cap) =>
        new(
            RefusalKind.TooLarge,
            string.Create(
                CultureInfo.InvariantCulture,
                $"With the shared part written into each of them, the events are larger than {cap} bytes. "
                    + $"Send them in smaller batches."
            )
        );

    /// <summary>
    /// The body is not JSON. The parser's message may quote the body, so this one states only the position.
    /// </summary>
    public static Refusal MalformedJson(JsonException malformed) =>
        new(
            RefusalKind.MalformedJson,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body is not valid JSON (line {malformed.LineNumber + 1}, byte "
                    + $"{malformed.BytePositionInLine + 1})."
            )
        );

    /// <summary>The body is JSON but contains no events.</summary>
    public static Refusal WrongShape(string message) => new(RefusalKind.WrongShape, message);

    /// <summary>The key has exhausted its rate limit.</summary>
    public static Refusal RateLimited(TimeSpan retryAfter) =>
        new(RefusalKind.RateLimited, "Too many requests for this write key.", retryAfter);

    /// <summary>The outbox cannot accept events now.</summary>
    public static Refusal Unavailable(TimeSpan retryAfter) =>
        new(RefusalKind.Unavailable, "The events could not be stored. Send them again later.", retryAfter);
}
